import type { Answer as DecodedAnswer, Delta, Report } from '../../decode/answers/generation-event.js'
import type { GenerationRequest } from '../../decode/answers/generation-request.js'
import type { PromptToken } from '../../decode/loop/token.js'
import type { DecodingReport } from '../schemas/decoding-report.js'
import type { Usage } from '../schemas/usage.js'

/*
 * answer/ writes generated answers in OpenAI's format. It does not know how requests are parsed or
 * answers are generated.
 */

/** One prompt of a request, ready for the decoder. */
export interface PreparedPrompt {
  readonly request: GenerationRequest
  /** The prompt if the answer repeats it, else null. */
  readonly echo: Echo | null
}

/** The text of a prompt that the answer repeats. */
export interface Echo {
  readonly text: string
  /** Where each token of the prompt begins in the text, in code points; empty if not needed. */
  readonly offsets: readonly number[]
}

/** A complete answer to one prompt. */
export interface Answer extends DecodedAnswer {
  readonly prompt: PreparedPrompt
  readonly promptTokens: readonly PromptToken[] | null
  /** The report of a beam search or a choice; null for other methods. */
  readonly report: Report | null
}

/** What the first part of a streamed answer adds to it. */
export interface Opening {
  readonly prompt: PreparedPrompt
  readonly promptTokens: readonly PromptToken[] | null
  /** Usage of the whole request before the first tokens of this answer. */
  readonly usage: Usage
}

/** A part of a streamed answer. */
export interface AnswerDelta extends Delta {
  /** Null except in the first part. */
  readonly opening: Opening | null
  /** The report, in the last part only. */
  readonly report: Report | null
}

/** Counts the tokens of all prompts, each prompt once, even if it has several answers. */
export const countPromptTokens = (prompts: readonly PreparedPrompt[]): number =>
  prompts.reduce((sum, { request }) => sum + request.promptIds.length, 0)

/** Builds the token usage of a request. */
export const toUsage = (promptTokens: number, completionTokens: number): Usage => ({
  prompt_tokens: promptTokens,
  completion_tokens: completionTokens,
  total_tokens: promptTokens + completionTokens,
})

/**
 * Writes the bodies and stream chunks of one endpoint, for one request. `index` counts the answers
 * to all prompts.
 */
export interface AnswerWriter<Whole extends object = object, Chunk extends object = object> {
  /** The body of an answer that is not streamed. */
  whole(answers: readonly Answer[], usage: Usage): Whole
  /**
   * The chunks of a delta. None comes before the first token of its answer: load clients take the
   * first chunk for the first token, and an error before it still has its own status.
   * @param usage usage of the whole request so far, including this delta
   */
  delta(index: number, delta: AnswerDelta, usage: Usage): Chunk[]
  /** The last chunk, which has only the usage. */
  usage(usage: Usage): Chunk
}

/** A validated request, ready to run. */
export interface PreparedRequest {
  readonly prompts: readonly PreparedPrompt[]
  readonly isStreamed: boolean
  readonly head: AnswerHead
  /** Only requests with the same salt share cached prompts. */
  readonly cacheSalt: string | undefined
  readonly writer: AnswerWriter
}

/** Which chunks of a stream have the usage: none, an additional last one, or all. */
export type UsageChunks = 'none' | 'last' | 'all'

/** The field `usage` of a chunk that has a choice. */
export const usageField = (chunks: UsageChunks, usage: Usage): { readonly usage?: Usage | null } =>
  chunks === 'none' ? {} : { usage: chunks === 'all' ? usage : null }

/** Fields that the answers of one request share. */
export interface AnswerHead {
  readonly id: string
  /** Unix time in seconds. */
  readonly created: number
  readonly model: string
  readonly decoding: DecodingReport
  readonly usageChunks: UsageChunks
  /** The requested number of `prompt_logprobs`; null if not requested. */
  readonly promptLogprobs: number | null
  readonly returnsTokenIds: boolean
  /** Whether choices have `decoding_timings`. */
  readonly returnsTimings: boolean
}
