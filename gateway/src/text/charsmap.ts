import type { Normalizer } from './parts.js'
import { TextError } from './types.js'

/** A cluster of more UTF-8 bytes is not looked up whole. */
const MAX_CLUSTER_BYTES = 5
const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' })
/** Of a text in UTF-16 units: V8's segmenter takes time by the square of a text's length. */
const WINDOW = 64

/**
 * SentencePiece's precompiled map of characters, with the semantics of the Rust library's `Precompiled`: each grapheme cluster
 * is looked up whole if it is short, else its characters one by one; what is found first, the shortest prefix, replaces all
 * of what was looked up.
 * @param charsmap base64: the trie's size in bytes (uint32), the trie, the replacements, each ended by a zero byte
 * @throws TextError `unsupported_tokenizer` where it is no such map.
 */
export function createCharsmap(charsmap: unknown): Normalizer {
  const { trie, replacements } = readCharsmap(charsmap)
  const replacementOf = (text: string): string | null => {
    const start = findFirst(trie, Buffer.from(text, 'utf8'))
    return start === null ? null : replacements.toString('utf8', start, replacements.indexOf(0, start))
  }
  const known = new Map<string, string | null>()
  const lookUp = (text: string): string | null => {
    const found = known.get(text)
    if (found !== undefined) return found
    const made = replacementOf(text)
    // Single characters alone: there are not many of them.
    if (text.length === 1) known.set(text, made)
    return made
  }
  return (text) => {
    let normal = ''
    for (const segment of graphemes(text)) {
      const whole = Buffer.byteLength(segment) <= MAX_CLUSTER_BYTES ? lookUp(segment) : null
      if (whole === null) for (const character of segment) normal += lookUp(character) ?? character
      else normal += whole
    }
    return normal
  }
}

/** A text's grapheme clusters. What ends a window may go on behind it, so the next window begins there. */
function* graphemes(text: string): Generator<string> {
  let start = 0
  let length = WINDOW
  while (start < text.length) {
    const isCut = /[\ud800-\udbff]/.test(text.charAt(start + length - 1))
    const end = start + length + (isCut ? 1 : 0)
    const segments = [...segmenter.segment(text.slice(start, end))]
    const isLast = end >= text.length
    const open = isLast ? undefined : segments.pop()
    for (const { segment } of segments) yield segment
    if (isLast) return
    length = segments.length === 0 ? 2 * length : WINDOW
    start += open?.index ?? 0
  }
}

function readCharsmap(charsmap: unknown): { trie: Uint32Array; replacements: Buffer } {
  const bytes = Buffer.from(typeof charsmap === 'string' ? charsmap : '', 'base64')
  const size = bytes.length < 4 ? 0 : bytes.readUInt32LE(0)
  if (size === 0 || size % 4 !== 0 || 4 + size > bytes.length)
    throw new TextError(
      'unsupported_tokenizer',
      "The tokenizer's Precompiled normalizer has no precompiled_charsmap that can be read; expected base64 of a trie and its replacements.",
    )
  const trie = Uint32Array.from({ length: size / 4 }, (_, index) => bytes.readUInt32LE(4 + 4 * index))
  return { trie, replacements: Buffer.concat([bytes.subarray(4 + size), Buffer.of(0)]) }
}

/** A walk down Darts' double array: the value of the shortest prefix of `key` that is in it, or null. */
function findFirst(trie: Uint32Array, key: Uint8Array): number | null {
  let node = offsetOf(trie[0])
  for (const byte of key) {
    if (byte === 0) return null
    node ^= byte
    const unit = trie[node] ?? 0
    if ((unit & 0x800000ff) !== byte) return null
    node ^= offsetOf(unit)
    const hasLeaf = ((unit >>> 8) & 1) === 1
    if (hasLeaf) return (trie[node] ?? 0) & 0x7fffffff
  }
  return null
}

function offsetOf(unit = 0): number {
  return (unit >>> 10) << ((unit & 0x200) >>> 6)
}
