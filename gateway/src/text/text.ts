import type { EncodeJob } from './encode-job.js'
import type { ChatMessage, ConversationOptions } from './template/chat-message.js'
import type { Detokenizer } from './tokenizer/detokenizer.js'
import type { Work } from './tokenizer/work.js'

/** The text files of a model, from its service. The two JSON files are already parsed. */
export interface TextFiles {
  readonly tokenizerJson: unknown
  readonly tokenizerConfig: unknown
  /** chat_template.jinja; null: the template in tokenizer_config.json, if it has one. */
  readonly chatTemplate: string | null
  readonly eosTokenIds: readonly number[]
  readonly bosTokenId: number | null
  /** Number of ids for which the model has rows. Every token id is below it. */
  readonly modelVocabularySize: number
}

/** Options of converting token ids to text. */
export interface DecodeOptions {
  readonly skipSpecialTokens: boolean
  /**
   * The ids before the first decoded id, such as a prompt. SentencePiece drops the space before the
   * first word of a text. After a prompt the next word is not the first one, and keeps its space.
   */
  readonly context?: readonly number[]
}

/**
 * The text functions of one model: prompts to ids, ids to text. Pure and synchronous; all requests
 * share them.
 */
export interface Text {
  /**
   * The greatest id of the tokenizer + 1. The vocabulary of a model may be padded to a greater
   * size.
   */
  readonly vocabularySize: number
  readonly specialTokenIds: ReadonlySet<number>
  readonly eosTokenIds: readonly number[]
  readonly bosTokenId: number | null
  readonly hasChatTemplate: boolean
  /**
   * Starts the encoding of a job. It is done in steps, so that a long text delays no others.
   * @throws TextError as `encodeConversation`, here or in a step
   */
  start(job: EncodeJob): Work<number[]>
  /**
   * Encodes as transformers' `tokenizer(text).input_ids`: matches special tokens in the text, adds
   * BOS and EOS like the tokenizer.
   */
  encode(text: string): number[]
  /** Encodes like `encode`, without BOS and EOS (`add_special_tokens=False`). */
  encodePlain(text: string): number[]
  /**
   * Encodes the prompt of a chat. Contents never become special tokens: they are always encoded as
   * text.
   */
  encodeConversation(messages: readonly ChatMessage[], options: ConversationOptions): number[]
  /** Renders the chat template, without encoding. */
  renderConversation(messages: readonly ChatMessage[], options: ConversationOptions): string
  /** Converts ids to text. */
  decode(ids: readonly number[], options: DecodeOptions): string
  /** Creates a detokenizer for ids that arrive one by one. */
  createDetokenizer(options: DecodeOptions): Detokenizer
  /** The bytes of one token (OpenAI's `bytes`); empty for an id without a token. */
  tokenBytes(id: number): Uint8Array
  /** `tokenBytes` as text. A part of a character becomes U+FFFD. */
  tokenText(id: number): string
  /** The token as tokenizer.json spells it, or undefined. */
  tokenName(id: number): string | undefined
}
