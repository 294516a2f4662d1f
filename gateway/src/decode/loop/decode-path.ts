/**
 * The ways to compute a request's tokens. All give the same tokens
 * (speculation/speculative-loop.test.ts); they differ in the number of forwards.
 * - `plain`: each model runs each token, step by step. The other paths are tested against it.
 * - `eager`: the other model runs at the same time as the leading one. The loop waits for it only
 *   if V_alpha holds more than one token.
 * - `lazy`: the other model runs only if V_alpha holds more than one
 *   token, and then catches up in one chunk.
 * - `draft`: as `lazy`, and the leading model drafts greedily past such a position, so that one
 *   chunk of the other model decides several positions.
 * - `lookup`: tokens that followed the same tokens earlier in the prompt or answer are drafted, and
 *   both models verify them in one chunk.
 * - `auto`: `lazy` with drafts if both models share a device, otherwise `eager`; also lookups.
 *   Drafts and lookups stop while they cost more than they save.
 */
export const decodePaths = ['auto', 'plain', 'eager', 'lazy', 'draft', 'lookup'] as const
/** One of `decodePaths`. */
export type DecodePath = (typeof decodePaths)[number]
