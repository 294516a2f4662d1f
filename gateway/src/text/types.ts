/**
 * What a text component can refuse: `invalid_messages` is the caller's fault (HTTP 400), `no_chat_template` the endpoint's that it
 * chose (400), the others are the model folder's.
 */
export type TextErrorCode =
  | 'invalid_messages'
  | 'no_chat_template'
  | 'invalid_chat_template'
  | 'chat_template_failed'
  | 'invalid_tokenizer'
  | 'unsupported_tokenizer'

/** The one error of this folder; `status` is the HTTP status that a route answers with. */
export class TextError extends Error {
  override readonly name = 'TextError'
  readonly code: TextErrorCode
  readonly status: 400 | 500

  constructor(code: TextErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.code = code
    this.status = code === 'invalid_messages' || code === 'no_chat_template' ? 400 : 500
  }
}

/** The text files of a model as its service gives them; the two JSON files are parsed already. */
export interface TextFiles {
  readonly tokenizerJson: unknown
  readonly tokenizerConfig: unknown
  /** chat_template.jinja; null: the template in tokenizer_config.json is taken, where there is one. */
  readonly chatTemplate: string | null
  readonly eosTokenIds: readonly number[]
  readonly bosTokenId: number | null
  /** Ids that the model has rows for: no token can have a greater one. */
  readonly modelVocabularySize: number
}

/** A chat message as OpenAI writes it, with its content parts already joined; other keys reach the template as they are. */
export interface ChatMessage {
  readonly role: string
  readonly content: string | null
  readonly [key: string]: unknown
}

/** How a conversation is rendered. */
export interface ConversationOptions {
  /** Ends the prompt with the header of the assistant's answer. */
  readonly addGenerationPrompt: boolean
  /** Leaves the last message open, so that the model goes on with it; excludes addGenerationPrompt. */
  readonly continueFinalMessage?: boolean
  readonly tools?: readonly unknown[]
  /** Further variables of the template, such as `enable_thinking`. They cannot replace messages or tools. */
  readonly templateArguments?: Readonly<Record<string, unknown>>
}

/** Options of decoding. */
export interface DecodeOptions {
  readonly skipSpecialTokens: boolean
  /**
   * The ids before the first one decoded (a prompt). SentencePiece drops the space before the first word of a text;
   * after a prompt the next word is not the first, and keeps its space.
   */
  readonly context?: readonly number[]
}

/** Turns ids into text as they come. Holds at most three bytes back. */
export interface Detokenizer {
  /** The text that became certain with this id; may be empty. Never ends inside a character. */
  push(id: number): string
  /** What was held back: an unfinished character comes as U+FFFD. */
  finish(): string
}

/** Text of one model: prompts to ids, ids to text. Pure and synchronous; shared by all requests. */
export interface Text {
  /** Number of ids the tokenizer can name: its greatest id + 1 (a model's own vocabulary may be padded beyond it). */
  readonly vocabularySize: number
  readonly specialTokenIds: ReadonlySet<number>
  readonly eosTokenIds: readonly number[]
  readonly bosTokenId: number | null
  readonly hasChatTemplate: boolean
  /** transformers' `tokenizer(text).input_ids`: special tokens in the text are matched, BOS and EOS come as the tokenizer adds them. */
  encode(text: string): number[]
  /** As `encode`, without the BOS or EOS that the tokenizer adds (`add_special_tokens=False`). */
  encodePlain(text: string): number[]
  /** The prompt of a chat. Contents never become special tokens: there their text is encoded as text. */
  encodeConversation(messages: readonly ChatMessage[], options: ConversationOptions): number[]
  /** The chat template's text, before encoding. */
  renderConversation(messages: readonly ChatMessage[], options: ConversationOptions): string
  decode(ids: readonly number[], options: DecodeOptions): string
  createDetokenizer(options: DecodeOptions): Detokenizer
  /** The token's own bytes (OpenAI's `bytes`); empty for an id that the tokenizer lacks. */
  tokenBytes(id: number): Uint8Array
  /** `tokenBytes` as text; a part of a character shows as U+FFFD. */
  tokenText(id: number): string
  /** The token as the tokenizer file spells it, or undefined. */
  tokenName(id: number): string | undefined
}
