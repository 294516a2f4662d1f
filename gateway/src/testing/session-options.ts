import { EngineSenders } from '../session/engine-senders.js'
import type { SessionOptions } from '../session/logit-service.js'

/** Of a request by itself, for the toys' vocabulary. */
export const sessionOptions = (
  signal: AbortSignal = new AbortController().signal,
  stepTimeoutMs = 5_000,
): SessionOptions => ({
  vocabularyLimit: 512,
  stepTimeoutMs,
  prefixScope: '',
  signal,
  senders: new EngineSenders(),
})
