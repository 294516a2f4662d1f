import { library } from './library.js'
import type { Component } from './parts.js'
import { TextError } from './text-error.js'

/**
 * Splits text into the pieces that the model encodes one by one. Empty pieces have no meaning.
 * `first` is true if the text begins the whole prompt, which Metaspace's prepend_scheme "first"
 * needs.
 */
export type PreTokenizer = (text: string, first: boolean) => string[]

/**
 * Creates a pre-tokenizer of the Rust library. Those of @huggingface/tokenizers 0.2.0 are not used,
 * because they differ: Digits matches only ASCII digits, Metaspace never splits and ignores
 * add_prefix_space, Split supports two of five behaviours, Punctuation joins its marks, and
 * JavaScript's \s is not Unicode's White_Space.
 * @throws TextError `unsupported_tokenizer` for any other type
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
      return (text) => splitText(text, matchesOf(text, punctuation), String(config.behavior ?? 'Isolated'))
    case 'Whitespace':
      return (text) => text.match(wordsAndMarks) ?? []
    case 'WhitespaceSplit':
      return (text) => splitText(text, matchesOf(text, /\p{White_Space}/gu), 'Removed')
    default:
      throw new TextError(
        'unsupported_tokenizer',
        `the tokenizer has a pre-tokenizer of type "${config.type}"; supported are Sequence, ByteLevel, Metaspace, Split, ` +
          'Digits, Punctuation, Whitespace and WhitespaceSplit',
      )
  }
}

/** Rust's `\w+|[^\w\s]+`. Its \w includes the two joiners, which some emoji contain. */
const wordsAndMarks =
  /[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}]+|[^\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}\p{White_Space}]+/gu

const punctuation = /[\p{P}!-/:-@[-`{-~]/gu

function createSequence(config: Component): PreTokenizer {
  const parts = ((config.pretokenizers ?? []) as Component[]).map(createPreTokenizer)
  return (text, first) =>
    parts.reduce(
      (pieces, part) => pieces.flatMap((piece, index) => (piece === '' ? [''] : part(piece, first && index === 0))),
      [text],
    )
}

const byteLevelWords =
  /'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\p{White_Space}\p{L}\p{N}]+|\p{White_Space}+(?!\P{White_Space})|\p{White_Space}+/gu

function createByteLevel(config: Component): PreTokenizer {
  const prefix = config.add_prefix_space !== false
  const words = config.use_regex !== false
  return (text) => {
    const spaced = prefix && !text.startsWith(' ') ? ` ${text}` : text
    return (words ? (spaced.match(byteLevelWords) ?? []) : [spaced]).map(toByteLetters)
  }
}

/** GPT-2's alphabet: a printable character for each byte, which is the index. */
export const byteLetters: readonly string[] = createByteLetters()

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
  for (const byte of Buffer.from(text, 'utf8')) letters += byteLetters[byte]
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
      `the tokenizer has a Split without a Regex or String pattern: ${JSON.stringify(pattern)}`,
    )
  }
  const behaviour = String(config.behavior ?? 'Isolated')
  return (text) => splitText(text, matchesOf(text, expression), behaviour, config.invert === true)
}

/**
 * Converts an Oniguruma pattern with the library, whose conversion is correct (only its splitting
 * is not), except for a flag at the start.
 */
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
      `the tokenizer splits by the pattern ${JSON.stringify(pattern.Regex)}, which is not supported (${messageOf(cause)}). ` +
        'Supported flags are (?i) before the whole pattern and (?i:...) around words.',
      { cause },
    )
  }
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause)
}

type Part = { readonly text: string; readonly isMatch: boolean }

/** Splits the whole text into matches and the text between them. */
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

/** Applies the Rust library's `SplitDelimiterBehavior` to the parts of a text. */
function splitText(text: string, parts: readonly Part[], behaviour: string, invert = false): string[] {
  if (text === '') return []
  const delimited = parts.map((part) => ({ text: part.text, isMatch: part.isMatch !== invert }))
  switch (behaviour.toLowerCase()) {
    case 'isolated':
      return delimited.map((part) => part.text)
    case 'removed':
      // A piece removed at the start stays as an empty piece, so that the next piece does not count
      // as the first.
      return delimited.flatMap((part, index) => (part.isMatch ? (index === 0 ? [''] : []) : [part.text]))
    case 'contiguous':
      return join(delimited, (before, part) => before.isMatch === part.isMatch)
    case 'mergedwithprevious':
      return join(delimited, (before, part) => part.isMatch && !before.isMatch)
    case 'mergedwithnext':
      return join([...delimited].reverse(), (after, part) => part.isMatch && !after.isMatch, true)
    default:
      throw new TextError('unsupported_tokenizer', `the tokenizer splits with the unknown behaviour "${behaviour}"`)
  }
}

/**
 * Joins adjacent parts for which `merges` is true. `before` is the previous part itself, not the
 * joined piece.
 */
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
