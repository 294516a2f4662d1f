import type { Answer as DecodedAnswer, Delta, GenerationRequest, Report } from '../decode/generation.js'
import type { PromptToken } from '../decode/token.js'
import type { DecodingReport } from './schemas/decoding-report.js'
import type { Usage } from './schemas/usage.js'

/** One prompt of a request. */
export interface PreparedPrompt {
  readonly request: GenerationRequest
  /** The prompt's text, where the answer repeats it. */
  readonly echo: string | null
}

/** An answer to one prompt, whole. */
export interface Answer extends DecodedAnswer {
  readonly prompt: PreparedPrompt
  readonly promptTokens: readonly PromptToken[] | null
  /** Null where the method neither searches nor chooses. */
  readonly report: Report | null
}

/** A part of an answer. */
export interface AnswerDelta extends Delta {
  /** In the last one. */
  readonly report: Report | null
}

export const toUsage = (promptTokens: number, completionTokens: number): Usage => ({
  prompt_tokens: promptTokens,
  completion_tokens: completionTokens,
  total_tokens: promptTokens + completionTokens,
})

/** The bodies and stream chunks of one endpoint, for one request. `index` counts the answers to all prompts. */
export interface AnswerWriter<Whole extends object = object, Chunk extends object = object> {
  whole(answers: readonly Answer[], usage: Usage): Whole
  /** Chunks before the first text of an answer. */
  open(index: number, prompt: PreparedPrompt, promptTokens: readonly PromptToken[] | null): Chunk[]
  delta(index: number, delta: AnswerDelta): Chunk
  usage(usage: Usage): Chunk
}

/** A request that can be run. */
export interface PreparedRequest {
  readonly prompts: readonly PreparedPrompt[]
  readonly isStreamed: boolean
  readonly includesUsage: boolean
  readonly writer: AnswerWriter
}

/** What the answers of one request share. */
export interface AnswerHead {
  readonly id: string
  /** Seconds since 1970. */
  readonly created: number
  readonly model: string
  readonly decoding: DecodingReport
  readonly includesUsage: boolean
  readonly returnsTokenIds: boolean
}
