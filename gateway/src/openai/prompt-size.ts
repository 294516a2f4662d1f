import type { Pair } from '../session/handshake.js'
import { type ApiError, invalidRequest } from './api-error.js'
import { requestLimits } from './limits.js'

/**
 * Sizes that are refused before anything reads them. Checking and encoding are work on the event loop, and what is far too long
 * would keep it from all other requests.
 */

export interface PromptLimits {
  readonly maxPromptTokens: number
}

type Context = Pick<Pair, 'contextLength' | 'maxTokenLength'>

const tooLongCode = 'context_length_exceeded'

const { messages: maxMessages, prompts: maxPrompts } = requestLimits
/** Characters of several prompts together, where one alone could not be so long; characters or ids of one that is truncated. */
const leastTotal = 1_000_000
/** Of everything in messages but their contents. */
const maxOtherSize = 262_144
/** Levels of lists and objects within a message. */
const maxDepth = 100

/**
 * @param truncation as the request has it: what is truncated may be longer, as long as reading it takes no longer than reading several
 * @throws ApiError 400 where a prompt has more tokens, or more characters than the longest tokens could spell, than it may have
 */
export function assertPromptSizes(prompt: unknown, context: Context, limits: PromptLimits, truncation?: unknown): void {
  const isList = Array.isArray(prompt) && typeof prompt[0] !== 'number'
  const prompts: readonly unknown[] = isList ? prompt : [prompt]
  if (prompts.length > maxPrompts) throw tooMany('prompt', prompts.length, maxPrompts)
  const isTruncated = truncates(truncation)
  const most = promptLimit(context, limits, isTruncated)
  let total = 0
  for (const one of prompts) {
    if (Array.isArray(one) && one.length > most.tokens)
      throw tooMuch(one.length, 'tokens', isTruncated, context, limits, 'prompt')
    if (typeof one !== 'string') continue
    if (one.length > most.characters) throw tooMuch(one.length, 'characters', isTruncated, context, limits, 'prompt')
    total += one.length
  }
  if (total > Math.max(most.characters, leastTotal))
    throw tooLong(`the prompts have ${total} characters together: split them over several requests`, 'prompt')
}

/** @throws ApiError 400 as `assertPromptSizes`, for token ids to turn into text */
export function assertTokenCount(tokens: unknown, context: Context, limits: PromptLimits): void {
  if (!Array.isArray(tokens) || tokens.length <= promptLimit(context, limits).tokens) return
  throw mostTokens(context, limits, `${tokens.length} ids`, 'tokens')
}

/** @throws ApiError 400 as `assertPromptSizes`, for the messages of one chat */
export function assertMessageSizes(
  messages: unknown,
  context: Context,
  limits: PromptLimits,
  truncation?: unknown,
): void {
  measureMessages(messages, 'messages', context, limits, truncates(truncation))
}

/** @throws ApiError 400 as `assertPromptSizes`, for conversations that are lists of messages */
export function assertConversationSizes(conversations: unknown, context: Context, limits: PromptLimits): void {
  if (!Array.isArray(conversations)) return
  if (conversations.length > maxPrompts) throw tooMany('conversations', conversations.length, maxPrompts)
  const sizes = conversations.map((one, i) => measureMessages(one, `conversations[${i}]`, context, limits))
  const total = sizes.reduce((sum, size) => sum + size, 0)
  if (total > Math.max(promptLimit(context, limits).characters, leastTotal))
    throw tooLong(
      `the conversations have ${total} characters together: split them over several requests`,
      'conversations',
    )
}

/** Characters of the contents. @throws ApiError 400 naming `param` where they or the rest are too many */
function measureMessages(
  messages: unknown,
  param: string,
  context: Context,
  limits: PromptLimits,
  isTruncated = false,
): number {
  if (!Array.isArray(messages)) return 0
  if (messages.length > maxMessages) throw tooMany(param, messages.length, maxMessages)
  const { contents, others } = measure(messages)
  if (contents > promptLimit(context, limits, isTruncated).characters)
    throw tooMuch(contents, 'characters', isTruncated, context, limits, param)
  if (others > maxOtherSize)
    throw invalidRequest(
      `${param} has more than ${maxOtherSize} characters besides the contents of messages, or is nested more than ${maxDepth} levels deep`,
      param,
    )
  return contents
}

/** The message has the code too: clients look for it there, LangChain for Python in nothing else. */
export const tooLong = (message: string, param: string): ApiError =>
  invalidRequest(`${message} (${tooLongCode})`, param, tooLongCode)

/** The last `most` ids of a prompt; undefined: all of them. */
export const truncatePrompt = (ids: readonly number[], most: number | undefined): readonly number[] =>
  most === undefined ? ids : ids.slice(-most)

const truncates = (truncation: unknown): boolean => typeof truncation === 'number' && truncation >= 1

function promptLimit(
  { contextLength, maxTokenLength }: Context,
  { maxPromptTokens }: PromptLimits,
  isTruncated = false,
) {
  const tokens = Math.min(contextLength, maxPromptTokens)
  const characters = tokens * maxTokenLength
  if (!isTruncated) return { tokens, characters }
  return { tokens: Math.max(tokens, leastTotal), characters: Math.max(characters, leastTotal) }
}

function tooMuch(
  found: number,
  unit: 'tokens' | 'characters',
  isTruncated: boolean,
  context: Context,
  limits: PromptLimits,
  param: string,
): ApiError {
  if (!isTruncated) return mostTokens(context, limits, `${found} ${unit}`, param)
  const most = promptLimit(context, limits, isTruncated)[unit]
  return tooLong(`${param} has ${found} ${unit}: at most ${most} are read before truncation`, param)
}

function mostTokens(
  { contextLength }: Context,
  { maxPromptTokens }: PromptLimits,
  found: string,
  param: string,
): ApiError {
  const most =
    maxPromptTokens < contextLength
      ? `This server accepts prompts of at most ${maxPromptTokens} tokens.`
      : `This model's maximum context length is ${contextLength} tokens.`
  return tooLong(`${most} However, your ${param} has ${found}. Please reduce its length.`, param)
}

const tooMany = (param: string, found: number, most: number): ApiError =>
  invalidRequest(`${param} has ${found} items: expected at most ${most}`, param, 'array_above_max_length')

/** Characters of the contents, whole or in parts; and the size of all else. */
function measure(messages: readonly unknown[]): { contents: number; others: number } {
  let contents = 0
  const others: unknown[] = []
  for (const message of messages) {
    const { content, ...more } = toObject(message)
    others.push(more)
    for (const part of Array.isArray(content) ? content : [{ text: content }]) {
      const { text, ...extra } = toObject(part)
      if (typeof text === 'string') contents += text.length
      others.push(typeof text === 'string' ? extra : part)
    }
  }
  return { contents, others: sizeOf(others) }
}

/** Characters of texts and names, and one for each other value, counted up to the limit; infinite where they are nested too deep. */
function sizeOf(values: readonly unknown[]): number {
  let size = 0
  const left = values.map((value) => ({ value, depth: 0 }))
  // No recursion: data may be nested deeper than the stack is.
  for (let next = left.pop(); next && size <= maxOtherSize; next = left.pop()) {
    const { value, depth } = next
    if (depth > maxDepth) return Number.POSITIVE_INFINITY
    size += typeof value === 'string' ? value.length : 1
    if (Array.isArray(value)) size += value.length
    if (size > maxOtherSize) break
    for (const [name, item] of Object.entries(toObject(value))) {
      size += Array.isArray(value) ? 0 : name.length
      left.push({ value: item, depth: depth + 1 })
    }
  }
  return size
}

const toObject = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
