import type { Ending, GenerationRequest } from '../decode/generate.js'
import type { PromptToken, Token } from '../decode/token.js'

/** One prompt of a request. */
export interface PreparedPrompt {
  readonly request: GenerationRequest
  /** The prompt's text, where the answer repeats it. */
  readonly echo: string | null
}

/** One prompt's answer, whole. */
export interface Answer {
  readonly prompt: PreparedPrompt
  readonly promptTokens: readonly PromptToken[] | null
  readonly text: string
  readonly tokens: readonly Token[]
  readonly ending: Ending
}

/** A part of an answer. */
export interface AnswerDelta {
  readonly text: string
  readonly tokens: readonly Token[]
  readonly ending: Ending | null
}

export interface Usage {
  readonly prompt_tokens: number
  readonly completion_tokens: number
  readonly total_tokens: number
}

export const toUsage = (promptTokens: number, completionTokens: number): Usage => ({
  prompt_tokens: promptTokens,
  completion_tokens: completionTokens,
  total_tokens: promptTokens + completionTokens,
})

/** The bodies and stream chunks of one endpoint, for one request. */
export interface AnswerWriter {
  whole(answers: readonly Answer[], usage: Usage): object
  /** Chunks before the first text of a prompt's answer. */
  open(index: number, prompt: PreparedPrompt, promptTokens: readonly PromptToken[] | null): object[]
  delta(index: number, delta: AnswerDelta): object
  usage(usage: Usage): object
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
  readonly decoding: Readonly<Record<string, unknown>>
  readonly includesUsage: boolean
  readonly returnsTokenIds: boolean
}
