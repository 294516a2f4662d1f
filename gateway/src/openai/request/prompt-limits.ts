import type { Pair } from '../../session/models/pair.js'
import { type ApiError, invalidRequest } from '../api-error.js'
import { maxDepth, maxOtherSize, measureMessages } from './message-size.js'
import { requestLimits } from './request-limits.js'

/**
 * The properties of a model that limit its prompts: its context, and the characters of its longest
 * token.
 */
type ModelLimits = Pick<Pair, 'contextLength' | 'maxTokenLength'>

type Unit = 'tokens' | 'characters'

const tooLongCode = 'context_length_exceeded'

const { messages: maxMessages, prompts: maxPrompts } = requestLimits
/**
 * Size that a request may always have, even if the context is smaller: characters of several
 * prompts together, and characters or ids of a prompt that is truncated.
 */
const minTotal = 1_000_000

/**
 * The limits of prompts for one model on this server. They apply before anything else reads a
 * prompt: validation and encoding run on the event loop, so a far too long prompt would delay all
 * other requests. Every method throws an `ApiError` of status 400 that names the field.
 */
export class PromptLimits {
  private readonly tokens: number

  /** @param maxPromptTokens the server's own limit, in addition to the context of the model */
  constructor(
    private readonly model: ModelLimits,
    private readonly maxPromptTokens: number,
  ) {
    this.tokens = Math.min(model.contextLength, maxPromptTokens)
  }

  /**
   * Asserts that no prompt has more tokens, or more characters than the longest tokens could spell,
   * than it may have.
   * @param prompt one prompt or a list of prompts, not validated yet
   * @param truncation the field `truncate_prompt_tokens`: a truncated prompt may be longer, up to
   *   the total of several prompts
   */
  assertPrompts(prompt: unknown, truncation?: unknown): void {
    const isList = Array.isArray(prompt) && typeof prompt[0] !== 'number'
    const prompts: readonly unknown[] = isList ? prompt : [prompt]
    if (prompts.length > maxPrompts) throw tooManyItems('prompt', prompts.length, maxPrompts)
    const isTruncated = truncates(truncation)
    let total = 0
    for (const one of prompts) {
      if (Array.isArray(one)) this.assertLength('prompt', one.length, 'tokens', isTruncated)
      if (typeof one !== 'string') continue
      this.assertLength('prompt', one.length, 'characters', isTruncated)
      total += one.length
    }
    this.assertTotal('prompt', 'the prompts', total, isTruncated)
  }

  /** Asserts the length of a list of token ids that is to be decoded to text. */
  assertTokens(tokens: unknown): void {
    if (!Array.isArray(tokens) || tokens.length <= this.tokens) return
    throw this.tooLongForModel('tokens', `${tokens.length} ids`)
  }

  /** Asserts the size of the messages of one chat. @param truncation as in `assertPrompts` */
  assertMessages(messages: unknown, truncation?: unknown): void {
    this.measure('messages', messages, truncates(truncation))
  }

  /** Asserts the sizes of conversations, which are lists of messages. */
  assertConversations(conversations: unknown): void {
    if (!Array.isArray(conversations)) return
    if (conversations.length > maxPrompts) throw tooManyItems('conversations', conversations.length, maxPrompts)
    const sizes = conversations.map((one, i) => this.measure(`conversations[${i}]`, one, false))
    const total = sizes.reduce((sum, size) => sum + size, 0)
    this.assertTotal('conversations', 'the conversations', total, false)
  }

  /**
   * Returns the characters of the contents.
   * @throws ApiError 400 if the contents or the rest are too large
   */
  private measure(param: string, messages: unknown, isTruncated: boolean): number {
    if (!Array.isArray(messages)) return 0
    if (messages.length > maxMessages) throw tooManyItems(param, messages.length, maxMessages)
    const { contents, others } = measureMessages(messages)
    this.assertLength(param, contents, 'characters', isTruncated)
    if (others > maxOtherSize)
      throw invalidRequest(
        `${param} has more than ${maxOtherSize} characters apart from the contents of messages, or is nested more than ${maxDepth} levels deep`,
        param,
      )
    return contents
  }

  private assertLength(param: string, found: number, unit: Unit, isTruncated: boolean): void {
    const limit = this.limitOf(unit, isTruncated)
    if (found <= limit) return
    if (!isTruncated) throw this.tooLongForModel(param, `${found} ${unit}`)
    throw promptTooLong(`${param} has ${found} ${unit}: at most ${limit} are read before truncation`, param)
  }

  private assertTotal(param: string, title: string, total: number, isTruncated: boolean): void {
    if (total <= Math.max(this.limitOf('characters', isTruncated), minTotal)) return
    throw promptTooLong(`${title} have ${total} characters together: split them over several requests`, param)
  }

  private limitOf(unit: Unit, isTruncated: boolean): number {
    const limit = unit === 'tokens' ? this.tokens : this.tokens * this.model.maxTokenLength
    return isTruncated ? Math.max(limit, minTotal) : limit
  }

  private tooLongForModel(param: string, found: string): ApiError {
    const { contextLength } = this.model
    const limit =
      this.maxPromptTokens < contextLength
        ? `This server accepts prompts of at most ${this.maxPromptTokens} tokens.`
        : `This model's maximum context length is ${contextLength} tokens.`
    return promptTooLong(`${limit} However, your ${param} has ${found}. Please reduce its length.`, param)
  }
}

/**
 * The error for a prompt that is too long. The message also contains the code: some clients search
 * for it there, and LangChain for Python looks nowhere else.
 */
export const promptTooLong = (message: string, param: string): ApiError =>
  invalidRequest(`${message} (${tooLongCode})`, param, tooLongCode)

/** Keeps the last `count` ids of a prompt; undefined keeps all. */
export const truncatePrompt = (ids: readonly number[], count: number | undefined): readonly number[] =>
  count === undefined ? ids : ids.slice(-count)

const truncates = (truncation: unknown): boolean => typeof truncation === 'number' && truncation >= 1

const tooManyItems = (param: string, found: number, limit: number): ApiError =>
  invalidRequest(`${param} has ${found} items: expected at most ${limit}`, param, 'array_above_max_length')
