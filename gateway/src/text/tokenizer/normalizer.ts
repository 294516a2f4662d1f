import { createCharsmap } from './charsmap.js'
import { library } from './library.js'
import type { Component, Normalizer } from './parts.js'
import { TextError } from './text-error.js'

/**
 * Creates a normalizer of the Rust library. It uses those of @huggingface/tokenizers 0.2.0, except
 * those that differ there: its Precompiled ignores the map, its lower case converts the Greek final
 * sigma, which the Rust library does not, and its Strip removes JavaScript's white space.
 * @throws TextError `unsupported_tokenizer` for any other type.
 */
export function createNormalizer(config: Component | null): Normalizer {
  if (config === null) return (text) => text
  switch (config.type) {
    case 'Sequence': {
      const parts = ((config.normalizers ?? []) as Component[]).map(createNormalizer)
      return (text) => parts.reduce((normal, part) => part(normal), text)
    }
    case 'Precompiled':
      return createCharsmap(config.precompiled_charsmap)
    case 'Lowercase':
      return lowerCase
    case 'BertNormalizer':
      return createBert(config)
    case 'Strip':
      return createStrip(config)
    default:
      return createFromLibrary(config)
  }
}

/** Converts each character to lower case by itself: a sigma does not depend on its position. */
function lowerCase(text: string): string {
  return text.replaceAll('Σ', 'σ').toLowerCase()
}

function createBert(config: Component): Normalizer {
  const lowers = config.lowercase === true
  const accents = config.strip_accents ?? lowers
  const clean = createFromLibrary({ ...config, lowercase: false, strip_accents: accents })
  return (text) => (lowers ? lowerCase(clean(text)) : clean(text))
}

function createStrip(config: Component): Normalizer {
  const left = config.strip_left === true ? '^\\p{White_Space}+' : '(?!)'
  const right = config.strip_right === true ? '\\p{White_Space}+$' : '(?!)'
  const ends = new RegExp(`${left}|${right}`, 'gu')
  return (text) => text.replace(ends, '')
}

function createFromLibrary(config: Component): Normalizer {
  try {
    const normalizer = new library.SequenceNormalizer({ type: 'Sequence', normalizers: [config] })
    return (text) => (text === '' ? '' : normalizer.normalize(text))
  } catch (cause) {
    throw new TextError('unsupported_tokenizer', `the tokenizer's normalizer is not supported: ${String(cause)}`, {
      cause,
    })
  }
}
