import { toByteLetters } from '../byte-letters.js'
import type { Component, Normalizer } from '../parts.js'
import { TextError } from '../text-error.js'
import { createBertNormalizers, lowerCase } from './bert-normalizer.js'
import { createCharsmap } from './charsmap.js'
import { changeCharacters, changeInParts } from './divisions.js'
import { createForm } from './forms.js'
import { createReplaceNormalizer } from './replace.js'
import { createStrip } from './strip.js'
import { removeMarks } from './unicode-9.js'

/**
 * Creates the normalizers of a component of the Rust library, which run one after another.
 * @throws TextError `unsupported_tokenizer` for an unknown type
 */
export function createNormalizers(config: Component | null): Normalizer[] {
  if (config === null) return []
  if (config.type === 'Sequence') return ((config.normalizers ?? []) as Component[]).flatMap(createNormalizers)
  return config.type === 'BertNormalizer' ? createBertNormalizers(config) : [createOne(config)]
}

/** Makes one normalizer of several. */
export function joinNormalizers(normalizers: readonly Normalizer[]): Normalizer {
  return {
    whole: (text) => normalizers.reduce((normal, each) => each.whole(normal), text),
    inParts: (parts) => normalizers.reduce((normal, each) => each.inParts(normal), parts),
  }
}

function createOne(config: Component): Normalizer {
  const { type } = config
  switch (type) {
    case 'Precompiled':
      return createCharsmap(config.precompiled_charsmap)
    case 'Lowercase':
      return changeCharacters(lowerCase)
    case 'Strip':
      return createStrip(config)
    case 'NFC':
    case 'NFD':
    case 'NFKC':
    case 'NFKD':
      return createForm(type)
    case 'StripAccents':
      return changeCharacters((text) => removeMarks(text, 'all'))
    case 'Prepend':
      return createPrepend(String(config.prepend ?? ''))
    case 'Replace':
      return createReplaceNormalizer(config)
    case 'Nmt':
      return changeCharacters((text) => text.replace(nmtRemoved, '').replace(nmtSpaces, ' '))
    case 'ByteLevel':
      return changeCharacters(toByteLetters)
    default:
      throw new TextError('unsupported_tokenizer', `the tokenizer has a normalizer of type "${type}", which is unknown`)
  }
}

/** An empty text gets no prefix. */
function createPrepend(prefix: string): Normalizer {
  return changeInParts(function* (parts) {
    let isStart = true
    for (const part of parts) {
      yield isStart && part !== '' ? prefix + part : part
      isStart &&= part === ''
    }
  })
}

/** What SentencePiece's "nmt" rules remove. */
const nmtRemoved = /(?![\0\t\n\f\r\x80-\x8e\x90-\x9e])\p{Cc}/gu
const nmtSpaces = /[\t\n\f\r\u1680\u200b-\u200f\u2028\u2029\u2581\ufeff\ufffd]/gu
