import { EngineSenders } from '../session/grpc/engine-senders.js'
import type { SessionOptions } from '../session/grpc/logit-service.js'

/** Options of the sessions of one request, for the vocabulary of the toys. */
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
