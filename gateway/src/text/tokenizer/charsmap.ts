import type { Normalizer } from './parts.js'
import { TextError } from './text-error.js'

/** Maximum UTF-8 bytes of a grapheme cluster that is looked up as a whole. */
const maxClusterBytes = 5
const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' })
/**
 * Length of text that is segmented at once, in UTF-16 units: V8's segmenter takes time quadratic in
 * the length.
 */
const windowLength = 64

/**
 * Creates the normalizer of SentencePiece's precompiled map of characters, with the semantics of
 * the Rust library's `Precompiled`: each grapheme cluster is looked up as a whole if it is short,
 * otherwise character by character. The first match, which is the shortest prefix, replaces the
 * whole text that was looked up.
 * @param charsmap base64: the trie's size in bytes (uint32), the trie, the replacements, each ended
 *   by a zero byte
 * @throws TextError `unsupported_tokenizer` if it is not such a map
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
    const replacement = replacementOf(text)
    // Only single characters are kept, because their number is small.
    if (text.length === 1) known.set(text, replacement)
    return replacement
  }
  return (text) => {
    let normalized = ''
    for (const segment of graphemes(text)) {
      const whole = Buffer.byteLength(segment) <= maxClusterBytes ? lookUp(segment) : null
      if (whole === null) for (const character of segment) normalized += lookUp(character) ?? character
      else normalized += whole
    }
    return normalized
  }
}

/**
 * Yields the grapheme clusters of a text. The last cluster of a window may continue after it, so
 * the next window begins with it.
 */
function* graphemes(text: string): Generator<string> {
  let start = 0
  let length = windowLength
  while (start < text.length) {
    const isCut = /[\ud800-\udbff]/.test(text.charAt(start + length - 1))
    const end = start + length + (isCut ? 1 : 0)
    const segments = [...segmenter.segment(text.slice(start, end))]
    const isLast = end >= text.length
    const open = isLast ? undefined : segments.pop()
    for (const { segment } of segments) yield segment
    if (isLast) return
    length = segments.length === 0 ? 2 * length : windowLength
    start += open?.index ?? 0
  }
}

function readCharsmap(charsmap: unknown): { trie: Uint32Array; replacements: Buffer } {
  const bytes = Buffer.from(typeof charsmap === 'string' ? charsmap : '', 'base64')
  const size = bytes.length < 4 ? 0 : bytes.readUInt32LE(0)
  if (size === 0 || size % 4 !== 0 || 4 + size > bytes.length)
    throw new TextError(
      'unsupported_tokenizer',
      "the tokenizer's Precompiled normalizer has an invalid precompiled_charsmap: expected base64 of a trie and its replacements",
    )
  const trie = Uint32Array.from({ length: size / 4 }, (_, index) => bytes.readUInt32LE(4 + 4 * index))
  return { trie, replacements: Buffer.concat([bytes.subarray(4 + size), Buffer.of(0)]) }
}

/** Searches a Darts double array: returns the value of the shortest prefix of `key`, or null. */
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
