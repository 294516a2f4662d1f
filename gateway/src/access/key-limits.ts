/**
 * access/ decides who may use the server, and how much of it. It knows API keys, their names and
 * their limits. It does not know HTTP, and not what a request asks for.
 */

/** Limits of one API key. Null: no limit. */
export interface KeyLimits {
  /** Maximum number of requests that run or wait at once. */
  readonly concurrent: number | null
  readonly requestsPerMinute: number | null
  /** Tokens of prompts, and tokens that are generated for answers. */
  readonly tokensPerMinute: number | null
}

/** No limit at all. */
export const noLimits: KeyLimits = { concurrent: null, requestsPerMinute: null, tokensPerMinute: null }

/** Maximum of each limit. */
export const maxKeyLimit = 1_000_000_000
