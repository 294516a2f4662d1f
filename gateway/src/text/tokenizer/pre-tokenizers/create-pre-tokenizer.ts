import { toByteLetters } from '../byte-letters.js'
import { compilePattern, type Pattern } from '../library.js'
import { punctuation } from '../normalizers/unicode-9.js'
import type { Component, PreTokenizer } from '../parts.js'
import { TextError } from '../text-error.js'
import { createMetaspace } from './metaspace.js'
import { findParts, invertParts, readBehavior } from './split.js'

/**
 * Creates a pre-tokenizer of the Rust library.
 * @throws TextError `unsupported_tokenizer` for an unknown type
 */
export function createPreTokenizer(config: Component | null): PreTokenizer {
  if (config === null) return (text) => [text]
  switch (config.type) {
    case 'Sequence':
      return createSequence(((config.pretokenizers ?? []) as Component[]).map(createPreTokenizer))
    case 'ByteLevel':
      return createByteLevel(config)
    case 'Metaspace':
      return createMetaspace(config)
    case 'Split':
      return createSplitter(
        compilePattern((config.pattern ?? {}) as Pattern),
        config.behavior ?? 'Isolated',
        config.invert === true,
      )
    case 'Digits':
      return createSplitter(config.individual_digits ? /\p{N}/gu : /\p{N}+/gu, 'Isolated')
    case 'Punctuation':
      return config.behavior === 'Contiguous'
        ? createSplitter(runsOf(punctuation), 'Isolated')
        : createSplitter(punctuation, config.behavior ?? 'Isolated')
    case 'Whitespace':
      return createSplitter(wordsAndMarks, 'Removed', true)
    case 'WhitespaceSplit':
      return splitWords
    case 'BertPreTokenizer':
      return createSequence([splitWords, createSplitter(punctuation, 'Isolated')])
    default:
      throw new TextError(
        'unsupported_tokenizer',
        `the tokenizer has a pre-tokenizer of type "${config.type}"; supported are Sequence, ByteLevel, Metaspace, Split, ` +
          'Digits, Punctuation, Whitespace, WhitespaceSplit and BertPreTokenizer',
      )
  }
}

/** Rust's `\w+|[^\w\s]+`. Its \w includes the two joiners, which some emoji contain. */
const wordsAndMarks =
  /[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}]+|[^\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}\p{White_Space}]+/gu

const splitWords = createSplitter(/\p{White_Space}+/gu, 'Removed')

/** Matches a run at once: parts that are joined later, one by one, take long if there are many. */
const runsOf = ({ source, flags }: RegExp): RegExp => new RegExp(`(?:${source})+`, flags)

function createSplitter(expression: RegExp, behavior: unknown, inverts = false): PreTokenizer {
  const makePieces = readBehavior(String(behavior))
  return (text) => {
    const parts = findParts(text, expression)
    return makePieces(inverts ? invertParts(parts) : parts)
  }
}

function createSequence(parts: readonly PreTokenizer[]): PreTokenizer {
  const [part, ...rest] = parts
  if (part === undefined) return (text) => [text]
  if (rest.length === 0) return part
  const splitFurther = createSequence(rest)
  return function* (text, first) {
    let isFirst = first
    for (const piece of part(text, first)) {
      if (piece !== '') yield* splitFurther(piece, isFirst)
      else if (isFirst) yield ''
      isFirst = false
    }
  }
}

const byteLevelWords =
  /'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\p{White_Space}\p{L}\p{N}]+|\p{White_Space}+(?!\P{White_Space})|\p{White_Space}+/gu

function createByteLevel(config: Component): PreTokenizer {
  const prefix = config.add_prefix_space !== false
  const words = config.use_regex !== false
  return function* (text) {
    const spaced = prefix && !text.startsWith(' ') ? ` ${text}` : text
    if (!words) yield toByteLetters(spaced)
    else for (const [word] of spaced.matchAll(byteLevelWords)) yield toByteLetters(word)
  }
}
