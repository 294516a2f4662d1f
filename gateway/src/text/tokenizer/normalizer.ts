import { createBertNormalizer, lowerCase } from './bert-normalizer.js'
import { createCharsmap } from './charsmap.js'
import { compilePattern, type Pattern } from './library.js'
import type { Component, Normalizer } from './parts.js'
import { byteLetters } from './pre-tokenizers/byte-letters.js'
import { TextError } from './text-error.js'
import { removeMarks, toForm } from './unicode-9.js'

/**
 * Creates a normalizer of the Rust library.
 * @throws TextError `unsupported_tokenizer` for an unknown type
 */
export function createNormalizer(config: Component | null): Normalizer {
  if (config === null) return (text) => text
  const { type } = config
  switch (type) {
    case 'Sequence':
      return createSequence(((config.normalizers ?? []) as Component[]).map(createNormalizer))
    case 'Precompiled':
      return createCharsmap(config.precompiled_charsmap)
    case 'Lowercase':
      return lowerCase
    case 'BertNormalizer':
      return createBertNormalizer(config)
    case 'Strip':
      return createStrip(config)
    case 'NFC':
    case 'NFD':
    case 'NFKC':
    case 'NFKD':
      return (text) => toForm(text, type)
    case 'StripAccents':
      return (text) => removeMarks(text, 'all')
    case 'Prepend':
      return (text) => (text === '' ? '' : String(config.prepend ?? '') + text)
    case 'Replace':
      return createReplace(config)
    case 'Nmt':
      return (text) => text.replace(nmtRemoved, '').replace(nmtSpaces, ' ')
    case 'ByteLevel':
      return (text) => Array.from(Buffer.from(text, 'utf8'), (byte) => byteLetters[byte]).join('')
    default:
      throw new TextError('unsupported_tokenizer', `the tokenizer has a normalizer of type "${type}", which is unknown`)
  }
}

function createSequence(parts: readonly Normalizer[]): Normalizer {
  return (text) => parts.reduce((normal, part) => part(normal), text)
}

/** What SentencePiece's "nmt" rules remove. */
const nmtRemoved = /(?![\0\t\n\f\r\x80-\x8e\x90-\x9e])\p{Cc}/gu
const nmtSpaces = /[\t\n\f\r\u1680\u200b-\u200f\u2028\u2029\u2581\ufeff\ufffd]/gu

function createStrip(config: Component): Normalizer {
  // Without the look-behind, spaces inside a text take quadratic time.
  const left = config.strip_left === true ? '^\\p{White_Space}+' : '(?!)'
  const right = config.strip_right === true ? '(?<!\\p{White_Space})\\p{White_Space}+$' : '(?!)'
  const ends = new RegExp(`${left}|${right}`, 'gu')
  return (text) => text.replace(ends, '')
}

/** Creates the replacement of all matches by a text, in which $ has no meaning. */
export function createReplace(config: Component): Normalizer {
  const pattern = compilePattern((config.pattern ?? {}) as Pattern)
  const content = String(config.content ?? '')
  return (text) => text.replace(pattern, () => content)
}
