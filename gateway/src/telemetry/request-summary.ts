import { countPromptTokens, type PreparedRequest } from '../openai/answer/answer.js'
import type { ApiError } from '../openai/api-error.js'
import type { RequestAnswers } from './answer-times.js'
import type { Operation } from './request-attributes.js'

/** All that is known of a request when it is over. Times are of `performance.now()`. */
export interface RequestSummary {
  readonly operation: Operation
  /** The name of the API key; null without one. */
  readonly keyName: string | null
  /** Null if the request was refused before it could run. */
  readonly request: PreparedRequest | null
  readonly answers: RequestAnswers
  /** Failovers after which the request continued. */
  readonly failovers: number
  readonly arrivedMs: number
  /** Null if the request did not get so far, as for the times below. */
  readonly bodyReadMs: number | null
  readonly waitingSinceMs: number | null
  readonly admittedMs: number | null
  readonly endMs: number
  /** Null if the request succeeded. */
  readonly failure: ApiError | null
}

/** Number of tokens of all prompts. */
export const promptTokensOf = ({ request }: Pick<RequestSummary, 'request'>): number =>
  request ? countPromptTokens(request.prompts) : 0

/** Number of answers to all prompts. A request that was refused before it could run has one. */
export const answerCountOf = ({ request }: Pick<RequestSummary, 'request'>): number =>
  request?.prompts.reduce((sum, prompt) => sum + prompt.request.answerCount, 0) ?? 1
