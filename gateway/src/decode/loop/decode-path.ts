/**
 * How a request's tokens are computed. All give the same tokens (test/src/paths.test.ts); they differ in how many forwards they take.
 * - `plain`: every model that is read runs every token, one step after the other. The oracle of the others.
 * - `eager`: the other model runs beside the leading one and is waited for only where V_alpha holds more than one token.
 * - `lazy`: the other model runs only where V_alpha holds more than one token, and catches up then in one chunk.
 * - `draft`: as `lazy`, and the leading model runs on greedily beyond such a place, so that one chunk of the other settles several.
 * - `lookup`: tokens that followed the same words earlier in prompt or answer are guessed and verified in one chunk of both models.
 * - `auto`: `lazy` with drafts where both models share a device, else `eager`; and lookups; drafts and lookups only as long as they pay.
 */
export const decodePaths = ['auto', 'plain', 'eager', 'lazy', 'draft', 'lookup'] as const
export type DecodePath = (typeof decodePaths)[number]
