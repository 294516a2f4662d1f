import type { Pair } from '../../session/models/pair.js'
import type { JudgeOptions } from './judge.js'

/*
 * request/ validates requests in OpenAI's format and prepares them for the decoder. It does not run
 * them, and knows neither HTTP routes nor the network. Imports go request -> answer -> schemas.
 */

/** A request to the pair, before it is validated. */
export interface IncomingRequest {
  readonly body: Readonly<Record<string, unknown>>
  readonly pair: Pair
  /** The name of the pair in the API. */
  readonly pairName: string
  /** The server's own limit of a prompt, in tokens. */
  readonly maxPromptTokens: number
  /** Aborts when the answer is no longer needed. */
  readonly signal: AbortSignal
}

/** A request that generates answers, before it is validated. */
export interface IncomingGeneration extends IncomingRequest {
  /** The id of the request in the log, and the end of the answer's id. */
  readonly requestId: string
  readonly judging: JudgeOptions
}
