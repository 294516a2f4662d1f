import type { Answer as DecodedAnswer, Delta, Report } from '../decode/answers/generation-event.js'
import type { GenerationRequest } from '../decode/answers/generation-request.js'
import type { PromptToken } from '../decode/loop/token.js'
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
  open(index: number, prompt: PreparedPrompt, promptTokens: readonly PromptToken[] | null, usage: Usage): Chunk[]
  /** @param usage of the whole request so far, this delta included */
  delta(index: number, delta: AnswerDelta, usage: Usage): Chunk
  /** The chunk after all others. */
  usage(usage: Usage): Chunk
}

/** Whose request is prepared. */
export interface Caller {
  /** What it is called in the log, and its answer's id ends in. */
  readonly requestId: string
  /** Aborts where nobody waits for the answer any more. */
  readonly signal: AbortSignal
}

/** A request that can be run. */
export interface PreparedRequest {
  readonly prompts: readonly PreparedPrompt[]
  readonly isStreamed: boolean
  readonly head: AnswerHead
  /** Prompts are reused among requests of the same one alone. */
  readonly cacheSalt: string | undefined
  readonly writer: AnswerWriter
}

/** Which chunks of a stream have counts: none, one after all others, or all. */
export type UsageChunks = 'none' | 'last' | 'all'

/** Of a chunk that has a choice. */
export const usageField = (chunks: UsageChunks, usage: Usage): { readonly usage?: Usage | null } =>
  chunks === 'none' ? {} : { usage: chunks === 'all' ? usage : null }

/** What the answers of one request share. */
export interface AnswerHead {
  readonly id: string
  /** Seconds since 1970. */
  readonly created: number
  readonly model: string
  readonly decoding: DecodingReport
  readonly usageChunks: UsageChunks
  /** How many of the best ids `prompt_logprobs` lists; null: it was not asked for. */
  readonly promptLogprobs: number | null
  readonly returnsTokenIds: boolean
}
