import { library } from './library.js'
import type { Component } from './parts.js'
import { TextError } from './types.js'

/**
 * Splits text into the pieces that the model encodes one by one.
 * `first` says whether the piece begins the whole prompt (Metaspace's prepend_scheme "first" asks). Empty pieces mean nothing.
 */
export type PreTokenizer = (text: string, first: boolean) => string[]

/**
 * The pre-tokenizers of the Rust library. They are written out here because those of @huggingface/tokenizers 0.2.0 differ:
 * Digits knows ASCII digits only, Metaspace never splits and ignores add_prefix_space, Split knows two of five behaviours,
 * Punctuation joins its marks, and JavaScript's \s is not Unicode's White_Space.
 * @throws TextError `unsupported_tokenizer` for any other type.
 */
export function createPreTokenizer(config: Component | null): PreTokenizer {
  if (config === null) return (text) => [text]
  switch (config.type) {
    case 'Sequence':
      return createSequence(config)
    case 'ByteLevel':
      return createByteLevel(config)
    case 'Metaspace':
      return createMetaspace(config)
    case 'Split':
      return createSplit(config)
    case 'Digits':
      return (text) => splitText(text, matchesOf(text, /\p{N}/gu), config.individual_digits ? 'Isolated' : 'Contiguous')
    case 'Punctuation':
      return (text) => splitText(text, matchesOf(text, PUNCTUATION), String(config.behavior ?? 'Isolated'))
    case 'Whitespace':
      return (text) => text.match(WORDS_AND_MARKS) ?? []
    case 'WhitespaceSplit':
      return (text) => splitText(text, matchesOf(text, /\p{White_Space}/gu), 'Removed')
    default:
      throw new TextError(
        'unsupported_tokenizer',
        `The tokenizer has a pre-tokenizer of type "${config.type}"; supported are Sequence, ByteLevel, Metaspace, Split, ` +
          'Digits, Punctuation, Whitespace and WhitespaceSplit.',
      )
  }
}

/** Rust's `\w+|[^\w\s]+`; its \w has the two joiners, which emoji are made with. */
const WORDS_AND_MARKS =
  /[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}]+|[^\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}\p{White_Space}]+/gu

const PUNCTUATION = /[\p{P}!-/:-@[-`{-~]/gu

function createSequence(config: Component): PreTokenizer {
  const parts = ((config.pretokenizers ?? []) as Component[]).map(createPreTokenizer)
  return (text, first) =>
    parts.reduce(
      (pieces, part) => pieces.flatMap((piece, index) => (piece === '' ? [''] : part(piece, first && index === 0))),
      [text],
    )
}

const BYTE_LEVEL_WORDS =
  /'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\p{White_Space}\p{L}\p{N}]+|\p{White_Space}+(?!\P{White_Space})|\p{White_Space}+/gu

function createByteLevel(config: Component): PreTokenizer {
  const prefix = config.add_prefix_space !== false
  const words = config.use_regex !== false
  return (text) => {
    const spaced = prefix && !text.startsWith(' ') ? ` ${text}` : text
    return (words ? (spaced.match(BYTE_LEVEL_WORDS) ?? []) : [spaced]).map(toByteLetters)
  }
}

/** GPT-2's alphabet: every byte as a printable character; index is the byte. */
export const BYTE_LETTERS: readonly string[] = createByteLetters()

function createByteLetters(): string[] {
  const letters: string[] = []
  let next = 256
  for (let byte = 0; byte < 256; byte++) {
    const printable = (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae
    letters.push(String.fromCharCode(printable ? byte : next++))
  }
  return letters
}

function toByteLetters(text: string): string {
  let letters = ''
  for (const byte of Buffer.from(text, 'utf8')) letters += BYTE_LETTERS[byte]
  return letters
}

function createMetaspace(config: Component): PreTokenizer {
  const mark = String(config.replacement ?? '▁')
  const scheme = config.add_prefix_space === false ? 'never' : String(config.prepend_scheme ?? 'always')
  const splits = config.split !== false
  return (text, first) => {
    const marked = text.replaceAll(' ', mark)
    const prepends = scheme === 'always' || (scheme === 'first' && first)
    const whole = prepends && !marked.startsWith(mark) ? mark + marked : marked
    return splits
      ? splitText(whole, matchesOf(whole, new RegExp(`\\u{${codePoint(mark)}}`, 'gu')), 'MergedWithNext')
      : [whole]
  }
}

function codePoint(character: string): string {
  return (character.codePointAt(0) ?? 0).toString(16)
}

function createSplit(config: Component): PreTokenizer {
  const pattern = (config.pattern ?? {}) as { Regex?: string; String?: string }
  const expression = compileSplit(pattern)
  if (expression === null) {
    throw new TextError(
      'unsupported_tokenizer',
      `The tokenizer has a Split without a Regex or String pattern: ${JSON.stringify(pattern)}.`,
    )
  }
  const behaviour = String(config.behavior ?? 'Isolated')
  return (text) => splitText(text, matchesOf(text, expression), behaviour, config.invert === true)
}

/** The library's translation of an Oniguruma pattern into JavaScript's is right (only its splitting is not), but for a flag at the start. */
function compileSplit(pattern: { Regex?: string; String?: string }): RegExp | null {
  const compile = (source: object) =>
    new library.SplitPreTokenizer({ type: 'Split', pattern: source, invert: true, behavior: 'Isolated' }).pattern
  const flag = '(?i)'
  try {
    if (!pattern.Regex?.startsWith(flag)) return compile(pattern)
    const expression = compile({ Regex: pattern.Regex.slice(flag.length) })
    return expression && new RegExp(expression.source, `${expression.flags}i`)
  } catch (cause) {
    throw new TextError(
      'unsupported_tokenizer',
      `The tokenizer splits by the pattern ${JSON.stringify(pattern.Regex)}, which is not read here (${messageOf(cause)}). ` +
        'Flags are: (?i) before the whole pattern, (?i:...) around words.',
      { cause },
    )
  }
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause)
}

type Part = { text: string; isMatch: boolean }

/** The whole text cut into matches and what lies between them. */
function matchesOf(text: string, expression: RegExp): Part[] {
  const parts: Part[] = []
  let offset = 0
  for (const match of text.matchAll(expression)) {
    if (match[0].length === 0) continue
    if (offset < match.index) parts.push({ text: text.slice(offset, match.index), isMatch: false })
    parts.push({ text: match[0], isMatch: true })
    offset = match.index + match[0].length
  }
  if (offset < text.length) parts.push({ text: text.slice(offset), isMatch: false })
  return parts
}

/** The Rust library's `SplitDelimiterBehavior`; `parts` are the text's, in order. */
function splitText(text: string, parts: readonly Part[], behaviour: string, invert = false): string[] {
  if (text === '') return []
  const delimited = parts.map((part) => ({ text: part.text, isMatch: part.isMatch !== invert }))
  switch (behaviour.toLowerCase()) {
    case 'isolated':
      return delimited.map((part) => part.text)
    case 'removed':
      // What was removed at the start stays as an empty piece, so that the next one is not taken for the first.
      return delimited.flatMap((part, index) => (part.isMatch ? (index === 0 ? [''] : []) : [part.text]))
    case 'contiguous':
      return join(delimited, (before, part) => before.isMatch === part.isMatch)
    case 'mergedwithprevious':
      return join(delimited, (before, part) => part.isMatch && !before.isMatch)
    case 'mergedwithnext':
      return join([...delimited].reverse(), (after, part) => part.isMatch && !after.isMatch, true)
    default:
      throw new TextError('unsupported_tokenizer', `The tokenizer splits with the unknown behaviour "${behaviour}".`)
  }
}

/** Joins neighbours where `merges` says so; `before` is the neighbour as it was, not the joined piece. */
function join(parts: readonly Part[], merges: (before: Part, part: Part) => boolean, backwards = false): string[] {
  const pieces: string[] = []
  let before: Part | undefined
  for (const part of parts) {
    const last = pieces.length - 1
    if (before !== undefined && merges(before, part))
      pieces[last] = backwards ? part.text + pieces[last] : pieces[last] + part.text
    else pieces.push(part.text)
    before = part
  }
  return backwards ? pieces.reverse() : pieces
}
