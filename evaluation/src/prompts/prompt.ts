/** A message of a conversation, as the REST API takes it. */
export interface Message {
  readonly role: string
  readonly [key: string]: unknown
}

/** The forms of files of prompts that are recognised. */
export const promptForms = ['openai', 'trl', 'alpaca', 'lines'] as const

/** The form of a file of prompts. */
export type PromptForm = (typeof promptForms)[number]

/** Fields of a JSON object whose values are not known. */
export type Fields = Readonly<Record<string, unknown>>

/** What a row of a file asks. */
export interface PromptRow {
  /** A conversation for /v1/chat/completions, or a text for /v1/completions. */
  readonly prompt: string | readonly Message[]
  /** The row's name in OpenAI's Batch form; null in other forms. */
  readonly customId: string | null
  /** Fields of the request that the row sets itself. */
  readonly body: Fields
  /** All other columns of the row. */
  readonly columns: Fields
}

/** A prompt of a file. */
export interface Prompt extends PromptRow {
  /** Position in the file, from 0. Blank lines do not count. */
  readonly index: number
}

/** The paths of the REST API that answer prompts. */
export const answerPaths = ['/v1/chat/completions', '/v1/completions'] as const

/** A path of the REST API that answers prompts. */
export type AnswerPath = (typeof answerPaths)[number]

/** The path that answers a prompt: conversations are chats, texts are completions. */
export const pathOf = (prompt: PromptRow['prompt']): AnswerPath =>
  typeof prompt === 'string' ? '/v1/completions' : '/v1/chat/completions'
