import { createFinder, type Span } from './added-tokens.js'
import type { ChatTemplate } from './chat-template.js'
import type { Encoder } from './encoder.js'
import { createDisguise, type Disguise } from './protect.js'
import { stripText } from './python-text.js'
import { type ChatMessage, type ConversationOptions, TextError } from './types.js'

/** Roles that templates paste between the marks of their own special tokens ('<|' + role + '|>'). */
const KNOWN_ROLES = new Set(['system', 'developer', 'user', 'assistant', 'tool', 'function', 'model', 'ipython'])

/**
 * Encodes a conversation so that nothing in it becomes a special token: what the caller wrote is text.
 *
 * A template joins its own special tokens and the caller's text into one string, in which the two look alike. So wherever
 * the caller's text spells a special token its characters are exchanged for private ones before the template runs, and
 * changed back in its output, where their places are then known and left out of the search for special tokens.
 * Text that spells none goes through unchanged: then the ids are transformers' own.
 */
export function createConversationEncoder(encoder: Encoder, template: ChatTemplate) {
  const findSpelled = createSpellingFinder(encoder)
  const specialIds = new Set(
    [...encoder.patterns.raw, ...encoder.patterns.normalized].flatMap(({ token }) => (token.special ? [token.id] : [])),
  )
  const specialsOf = (ids: readonly number[]) => ids.filter((id) => specialIds.has(id)).join()

  return (messages: readonly ChatMessage[], options: ConversationOptions): number[] => {
    const hidden = hide(messages, options, findSpelled)
    if (hidden === null) return encoder.encodeProtected(template(messages, options), [])
    const plain = template(messages, options)
    const shown = hidden.disguise.reveal(template(hidden.messages, hidden.options))
    const ids = encoder.encodeProtected(shown.text, shown.spans)
    if (shown.text === plain) return ids
    // The template looked into the disguised text and wrote something else. Where the plain text holds no special token
    // beyond the template's own it is as safe; otherwise the disguised rendering stands: the text as the caller wrote it.
    const plainIds = encoder.encodeProtected(plain, [])
    return specialsOf(plainIds) === specialsOf(ids) ? plainIds : ids
  }
}

/** Finds the ranges of a text that spell special tokens, as they are or once normalized, or could do so with what is pasted beside it. */
function createSpellingFinder(encoder: Encoder): (text: string) => Span[] {
  const raw = encoder.patterns.raw.filter(({ token }) => token.special)
  const normalized = encoder.patterns.normalized.filter(({ token }) => token.special)
  const asWritten = normalized.map(({ token }) => ({ pattern: token.content, token }))
  const find = createFinder([...raw, ...asWritten])
  const findNormalized = createFinder(normalized)
  const findEdges = createEdgeFinder([...raw, ...asWritten].map(({ pattern }) => pattern))
  return (text) => {
    const spans = find(text).map(({ start, end }): Span => [start, end])
    const inNormalized = normalized.length === 0 ? 0 : findNormalized(encoder.normalize(text)).length
    return inNormalized > spans.length ? [[0, text.length]] : mergeSpans([...spans, ...findEdges(text)])
  }
}

/** Finds the parts of special tokens that a text begins or ends with: a template that joins two texts could complete them. */
function createEdgeFinder(specials: readonly string[]): (text: string) => Span[] {
  const heads = new Set<string>()
  const tails = new Set<string>()
  for (const special of specials) {
    for (let length = 1; length < special.length; length++) {
      heads.add(special.slice(0, length))
      tails.add(special.slice(-length))
    }
  }
  const longest = specials.reduce((length, special) => Math.max(length, special.length), 0)
  return (text) => {
    const start = text.length - stripText(text, { left: true, right: false }).length
    const end = stripText(text, { left: false, right: true }).length
    const spans: Span[] = []
    const reach = Math.min(longest, end - start)
    for (let length = reach; length > 0 && spans.length === 0; length--) {
      if (tails.has(text.slice(start, start + length))) spans.push([start, start + length])
    }
    for (let length = reach; length > 0; length--) {
      if (!heads.has(text.slice(end - length, end))) continue
      spans.push([end - length, end])
      break
    }
    return spans
  }
}

function mergeSpans(spans: readonly Span[]): Span[] {
  const merged: [number, number][] = []
  for (const [start, end] of [...spans].sort((a, b) => a[0] - b[0])) {
    const last = merged.at(-1)
    if (last !== undefined && start <= last[1]) last[1] = Math.max(last[1], end)
    else merged.push([start, end])
  }
  return merged
}

interface Hidden {
  readonly messages: readonly ChatMessage[]
  readonly options: ConversationOptions
  readonly disguise: Disguise
}

/** The same messages and tools with every spelled special token in disguise; null where there is none. */
function hide(
  messages: readonly ChatMessage[],
  options: ConversationOptions,
  findSpelled: (text: string) => Span[],
): Hidden | null {
  const units = new Set<string>()
  const texts: string[] = []
  const collect = (text: string): string => {
    texts.push(text)
    for (const [start, end] of findSpelled(text)) for (let at = start; at < end; at++) units.add(text.charAt(at))
    return text
  }
  mapMessages(messages, collect)
  mapStrings(options.tools, collect)
  if (units.size === 0) return null
  const disguise = createDisguise(units, texts.join(''))
  if (disguise === null) {
    throw new TextError(
      'invalid_messages',
      'The messages spell special tokens and use nearly all private-use characters; remove either.',
    )
  }
  const apply = (text: string): string => disguise.apply(text, findSpelled(text))
  const tools = options.tools === undefined ? {} : { tools: mapStrings(options.tools, apply) as readonly unknown[] }
  return { messages: mapMessages(messages, apply), options: { ...options, ...tools }, disguise }
}

function mapMessages(messages: readonly ChatMessage[], change: (text: string) => string): ChatMessage[] {
  return messages.map((message) => {
    const changed = mapStrings(message, change) as ChatMessage
    return KNOWN_ROLES.has(message.role) ? { ...changed, role: message.role } : changed
  })
}

const MAX_DEPTH = 100

/** A copy of JSON-like data with every string changed, keys too. */
function mapStrings(value: unknown, change: (text: string) => string, depth = 0): unknown {
  if (typeof value === 'string') return change(value)
  if (typeof value !== 'object' || value === null) return value
  if (depth === MAX_DEPTH) {
    throw new TextError('invalid_messages', `The messages or tools are nested more than ${MAX_DEPTH} levels deep.`)
  }
  if (Array.isArray(value)) return value.map((item) => mapStrings(item, change, depth + 1))
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [change(key), mapStrings(item, change, depth + 1)]),
  )
}
