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
export type TokenSplitter = (text: string, protectedSpans: readonly Span[]) => Section[]

/**
 * Creates a splitter with the semantics of the Rust library's `AddedVocabulary::find_matches`:
 * leftmost longest match, `single_word` drops a match inside a word, `lstrip` and `rstrip` include
 * the adjacent white space in the token.
 */
export function createTokenSplitter(patterns: readonly TokenPattern[]): TokenSplitter {
  const find = createFinder(patterns)
  return (text, protectedSpans) => {
    const sections: Section[] = []
    let offset = 0
    let nextSpan = 0
    for (const { start, end, token } of find(text)) {
      while ((protectedSpans[nextSpan]?.[1] ?? Number.POSITIVE_INFINITY) <= start) nextSpan++
      const isProtected = (protectedSpans[nextSpan]?.[0] ?? Number.POSITIVE_INFINITY) < end
      if (isProtected && token.special) continue
      if (token.singleWord && (isWordBefore(text, start) || isWordAfter(text, end))) continue
      const from = token.lstrip ? Math.max(offset, spaceStart(text, start)) : start
      const to = token.rstrip ? spaceEnd(text, end) : end
      if (from < offset) continue
      if (offset < from) sections.push({ kind: 'text', start: offset, end: from })
      sections.push({ kind: 'token', id: token.id, start: from, end: to })
      offset = to
    }
    if (offset < text.length) sections.push({ kind: 'text', start: offset, end: text.length })
    return sections
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

/**
 * Creates a search for tokens in a text: leftmost longest matches without overlaps. It ignores the
 * flags of tokens.
 */
export function createFinder(patterns: readonly TokenPattern[]) {
  const root: TrieNode = { next: new Map(), token: null }
  for (const { pattern, token } of patterns) {
    let node = root
    for (let index = 0; index < pattern.length; index++) node = childOf(node, pattern.charCodeAt(index))
    node.token = token
  }
  const longestAt = (text: string, start: number): { start: number; end: number; token: AddedToken } | null => {
    let longest = null
    let node = root.next.get(text.charCodeAt(start))
    for (let end = start + 1; node !== undefined; end++) {
      if (node.token !== null) longest = { start, end, token: node.token }
      node = end < text.length ? node.next.get(text.charCodeAt(end)) : undefined
    }
    return longest
  }
  return (text: string): { start: number; end: number; token: AddedToken }[] => {
    const found: { start: number; end: number; token: AddedToken }[] = []
    for (let start = 0; start < text.length; start++) {
      const match = longestAt(text, start)
      if (match === null) continue
      found.push(match)
      start = match.end - 1
    }
    return found
  }
}

function childOf(node: TrieNode, unit: number): TrieNode {
  const known = node.next.get(unit)
  if (known !== undefined) return known
  const child: TrieNode = { next: new Map(), token: null }
  node.next.set(unit, child)
  return child
}
