import type { Server } from '../../batch/index.js'

/** Which strategies a judge compares: each one with the reference, or every two. */
export type JudgedPairs = 'reference' | 'all'

/** An LLM that compares answers, behind an OpenAI-compatible endpoint. */
export interface JudgeOptions {
  /** Its URL has no secrets: a key goes into `apiKey`, which no file has. */
  readonly server: Server
  /** The model of the requests. */
  readonly model: string
  /** The name in the report and in the file of its judgements. */
  readonly name: string
  /** The prompt with its places, as `assertTemplate` checks it. */
  readonly template: string
  readonly pairs: JudgedPairs
}
