import type { Normalizer } from '../parts.js'
import { TextError } from '../text-error.js'
import { divideText, partLength } from './divide-text.js'
import { changeInParts } from './divisions.js'
import { readGraphemes } from './graphemes.js'

/** Maximum UTF-8 bytes of a grapheme cluster that is looked up as a whole. */
const maxClusterBytes = 5

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
  const lookUp = createLookUp(readCharsmap(charsmap))
  const mapCharacters = (text: string): string => {
    let mapped = ''
    for (const character of text) mapped += lookUp(character) ?? character
    return mapped
  }
  const mapCluster = (cluster: string): string =>
    (Buffer.byteLength(cluster) <= maxClusterBytes ? lookUp(cluster) : null) ?? mapCharacters(cluster)
  return changeInParts(function* (parts) {
    let mapped = ''
    for (const cluster of readGraphemes(parts)) {
      const isLong = cluster.length > partLength
      if (cluster === '' || isLong) {
        yield mapped
        mapped = ''
      }
      if (isLong) for (const part of divideText(cluster, partLength)) yield mapCharacters(part)
      else mapped += mapCluster(cluster)
    }
    yield mapped
  })
}

interface Charsmap {
  readonly trie: Uint32Array
  /** Each ends with a zero byte. */
  readonly replacements: Buffer
}

/** Creates a search for the replacement of a text; null if it has none. */
function createLookUp({ trie, replacements }: Charsmap): (text: string) => string | null {
  const known = new Map<string, string | null>()
  return (text) => {
    const found = known.get(text)
    if (found !== undefined) return found
    const start = findFirst(trie, Buffer.from(text, 'utf8'))
    const replacement = start === null ? null : replacements.toString('utf8', start, replacements.indexOf(0, start))
    // Only single characters are kept, because their number is small.
    if (text.length === 1) known.set(text, replacement)
    return replacement
  }
}

function readCharsmap(charsmap: unknown): Charsmap {
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
