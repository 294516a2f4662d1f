import { createFinder, type Span } from '../tokenizer/added-tokens.js'
import type { Encoder } from '../tokenizer/encoder.js'
import { TextError } from '../tokenizer/text-error.js'
import type { Work } from '../tokenizer/work.js'
import type { ChatMessage, ConversationOptions } from './chat-message.js'
import type { ChatTemplate } from './chat-template.js'
import { tooMuchWork } from './explain-failure.js'
import { createDisguise, type Disguise } from './protect.js'
import { stripText } from './python-text.js'

/** Roles that templates use inside their own special tokens ('<|' + role + '|>'). */
const knownRoles = new Set(['system', 'developer', 'user', 'assistant', 'tool', 'function', 'model', 'ipython'])

/**
 * Creates an encoder of conversations in which nothing of the messages becomes a special token.
 *
 * A template joins its own special tokens and the text of messages into one string, in which both
 * look the same. So where a message spells a special token, its characters are replaced by
 * private-use characters before the template runs, and restored in the output. Their places are
 * then known, and the search for special tokens skips them. Messages that spell no special token
 * pass unchanged, and the ids equal those of transformers.
 */
export function createConversationEncoder(encoder: Encoder, template: ChatTemplate) {
  const findSpelled = createSpellingFinder(encoder)
  const specialIds = new Set(
    [...encoder.patterns.raw, ...encoder.patterns.normalized].flatMap(({ token }) => (token.special ? [token.id] : [])),
  )
  const specialsOf = (ids: readonly number[]) => ids.filter((id) => specialIds.has(id)).join()

  return function* (messages: readonly ChatMessage[], options: ConversationOptions): Work<number[]> {
    const hidden = hide(messages, options, findSpelled)
    yield
    const plain = template(messages, options)
    assertEncodable(plain, options)
    if (hidden === null) return yield* encoder.encodeProtected(plain, [])
    const shown = hidden.disguise.reveal(template(hidden.messages, hidden.options))
    const ids = yield* encoder.encodeProtected(shown.text, shown.spans)
    if (shown.text === plain) return ids
    // The template inspected the replaced text and rendered something else. If the plain rendering
    // has only the template's own special tokens, it is safe too; otherwise the rendering with
    // replaced characters is used.
    const plainIds = yield* encoder.encodeProtected(plain, [])
    return specialsOf(plainIds) === specialsOf(ids) ? plainIds : ids
  }
}

/** Work of encoding a character, in the units of `maxWork`. */
const encodingWork = 500

/** @throws TextError if the encoding takes more work than it may */
function assertEncodable({ length }: string, { maxWork }: ConversationOptions): void {
  if (maxWork !== undefined && length * encodingWork > maxWork) throw tooMuchWork(`it makes ${length} characters`)
}

/**
 * Creates a search for the ranges of a text that spell special tokens, raw or normalized, or that
 * could complete one with adjacent text.
 */
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

/**
 * Creates a search for parts of special tokens at the ends of a text: a template that joins two
 * texts could complete them.
 */
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

/** Replaces every spelled special token in messages, tools and arguments; null if there is none. */
function hide(
  messages: readonly ChatMessage[],
  options: ConversationOptions,
  findSpelled: (text: string) => Span[],
): Hidden | null {
  const units = new Set<string>()
  const texts: string[] = []
  const spelled: string[] = []
  const collect = (text: string): string => {
    texts.push(text)
    for (const [start, end] of findSpelled(text)) {
      spelled.push(text.slice(start, end))
      for (let at = start; at < end; at++) units.add(text.charAt(at))
    }
    return text
  }
  mapMessages(messages, collect)
  mapStrings(options.tools, collect)
  mapStrings(Object.values(options.templateArguments ?? {}), collect)
  if (units.size === 0) return null
  const disguise = createDisguise(units, texts.join(''))
  if (disguise === null) {
    throw new TextError(
      'invalid_messages',
      `the messages spell all or part of a special token (${JSON.stringify(spelled[0])}) and use nearly all private-use characters: remove one of the two`,
    )
  }
  const apply = (text: string): string => disguise.apply(text, findSpelled(text))
  const tools = options.tools === undefined ? {} : { tools: mapStrings(options.tools, apply) as readonly unknown[] }
  const given = Object.entries(options.templateArguments ?? {})
  const templateArguments = Object.fromEntries(given.map(([name, value]) => [name, mapStrings(value, apply)]))
  return { messages: mapMessages(messages, apply), options: { ...options, ...tools, templateArguments }, disguise }
}

function mapMessages(messages: readonly ChatMessage[], change: (text: string) => string): ChatMessage[] {
  return messages.map((message) => {
    const changed = mapStrings(message, change) as ChatMessage
    return knownRoles.has(message.role) ? { ...changed, role: message.role } : changed
  })
}

const maxDepth = 100

/** Copies JSON-like data and changes every string, including keys. */
function mapStrings(value: unknown, change: (text: string) => string, depth = 0): unknown {
  if (typeof value === 'string') return change(value)
  if (typeof value !== 'object' || value === null || value instanceof Number) return value
  if (depth === maxDepth) {
    throw new TextError('invalid_messages', `the messages or tools are nested more than ${maxDepth} levels deep`)
  }
  if (Array.isArray(value)) return value.map((item) => mapStrings(item, change, depth + 1))
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [change(key), mapStrings(item, change, depth + 1)]),
  )
}
