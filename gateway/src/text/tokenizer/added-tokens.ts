import type { AddedToken } from './parts.js'

/** A half-open range of UTF-16 offsets. */
export type Span = readonly [start: number, end: number]

/** A piece of text between added tokens, or one added token. */
export type Section =
  | { readonly kind: 'token'; readonly id: number; readonly start: number; readonly end: number }
  | { readonly kind: 'text'; readonly start: number; readonly end: number }

/** A token to search for. `pattern` is its content, normalized if the token is `normalized`. */
export interface TokenPattern {
  readonly pattern: string
  readonly token: AddedToken
}

/**
 * Splits a text at its added tokens. Special tokens that overlap a span of `protectedSpans` stay
 * text.
 */
export type TokenSplitter = (text: string, protectedSpans: readonly Span[]) => Iterable<Section | Pause>

/** Stands between the sections of a long text, where other work may run. */
export const pause = { kind: 'pause' } as const
type Pause = typeof pause

/** Positions that are searched between two pauses. */
const positionsPerStep = 16_384

/**
 * Creates a splitter with the semantics of the Rust library's `AddedVocabulary::find_matches`:
 * leftmost longest match, `single_word` drops a match inside a word, `lstrip` and `rstrip` include
 * the adjacent white space in the token.
 */
export function createTokenSplitter(patterns: readonly TokenPattern[]): TokenSplitter {
  const search = createSearch(patterns)
  return function* (text, protectedSpans) {
    let offset = 0
    let nextSpan = 0
    for (const match of search(text)) {
      if (match === null) {
        yield pause
        continue
      }
      const { start, end, token } = match
      while ((protectedSpans[nextSpan]?.[1] ?? Number.POSITIVE_INFINITY) <= start) nextSpan++
      const isProtected = (protectedSpans[nextSpan]?.[0] ?? Number.POSITIVE_INFINITY) < end
      if (isProtected && token.special) continue
      if (token.singleWord && (isWordBefore(text, start) || isWordAfter(text, end))) continue
      const from = token.lstrip ? Math.max(offset, spaceStart(text, start)) : start
      const to = token.rstrip ? spaceEnd(text, end) : end
      if (from < offset) continue
      if (offset < from) yield { kind: 'text', start: offset, end: from }
      yield { kind: 'token', id: token.id, start: from, end: to }
      offset = to
    }
    if (offset < text.length) yield { kind: 'text', start: offset, end: text.length }
  }
}

/** Rust's \w: Unicode's word characters, including the two joiners. */
const wordPattern = /[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}]/u
const spacePattern = /\p{White_Space}/u

function isWordBefore(text: string, end: number): boolean {
  return wordPattern.test([...text.slice(Math.max(0, end - 2), end)].at(-1) ?? '')
}

function isWordAfter(text: string, start: number): boolean {
  return wordPattern.test(String.fromCodePoint(text.codePointAt(start) ?? 0))
}

/** All white space is in the basic plane, so single UTF-16 units suffice. */
function spaceStart(text: string, end: number): number {
  let start = end
  while (start > 0 && spacePattern.test(text.charAt(start - 1))) start--
  return start
}

function spaceEnd(text: string, start: number): number {
  let end = start
  while (end < text.length && spacePattern.test(text.charAt(end))) end++
  return end
}

interface TrieNode {
  readonly next: Map<number, TrieNode>
  token: AddedToken | null
}

interface Match {
  readonly start: number
  readonly end: number
  readonly token: AddedToken
}

/**
 * Creates a search for tokens in a text: leftmost longest matches without overlaps. It ignores the
 * flags of tokens.
 */
export function createFinder(patterns: readonly TokenPattern[]): (text: string) => Match[] {
  const search = createSearch(patterns)
  return (text) => [...search(text)].filter((match) => match !== null)
}

/** Creates the search in steps, with null between them. */
function createSearch(patterns: readonly TokenPattern[]): (text: string) => Iterable<Match | null> {
  const root: TrieNode = { next: new Map(), token: null }
  for (const { pattern, token } of patterns) {
    let node = root
    for (let index = 0; index < pattern.length; index++) node = childOf(node, pattern.charCodeAt(index))
    node.token = token
  }
  const longestAt = (text: string, start: number): Match | null => {
    let longest: Match | null = null
    let node = root.next.get(text.charCodeAt(start))
    for (let end = start + 1; node !== undefined; end++) {
      if (node.token !== null) longest = { start, end, token: node.token }
      node = end < text.length ? node.next.get(text.charCodeAt(end)) : undefined
    }
    return longest
  }
  return function* (text) {
    for (let start = 0, steps = 1; start < text.length; steps++) {
      const match = longestAt(text, start)
      if (match !== null) yield match
      start = match === null ? start + 1 : match.end
      if (steps % positionsPerStep === 0) yield null
    }
  }
}

function childOf(node: TrieNode, unit: number): TrieNode {
  const known = node.next.get(unit)
  if (known !== undefined) return known
  const child: TrieNode = { next: new Map(), token: null }
  node.next.set(unit, child)
  return child
}
