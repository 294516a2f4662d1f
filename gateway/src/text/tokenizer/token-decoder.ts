import { byteLetters } from './byte-letters.js'
import { createReplace } from './normalizers/replace.js'
import type { Component } from './parts.js'
import { TextError } from './text-error.js'

/** Converts one token to its bytes, which do not depend on its position. */
export interface TokenDecoder {
  bytes(token: string): Uint8Array
  /**
   * Whether a token is one byte of a character, spelled "<0xE2>". Runs of such tokens are decoded
   * together.
   */
  isByte(token: string): boolean
  /**
   * Whether runs of bytes end at tokens that are not bytes. Without byte fallback the whole text is
   * one run.
   */
  readonly hasByteFallback: boolean
  /** The rule for the beginning of a text. */
  readonly start: StartRule
  /** The text between two tokens. */
  readonly separator: string
}

/**
 * `strip` removes `content` up to `count` times from the start of the text; `first-token` removes
 * all `content` from the first token; `first-word` drops the space that `bytes` puts before a word.
 */
export type StartRule =
  | { readonly kind: 'none' }
  | { readonly kind: 'first-word' }
  | { readonly kind: 'strip'; readonly content: string; readonly count: number }
  | { readonly kind: 'first-token'; readonly content: string }

const noRule: StartRule = { kind: 'none' }
const utf8Decoder = { bytes: (token: string) => new Uint8Array(Buffer.from(token, 'utf8')), isByte: () => false }

/**
 * Creates the decoder of tokenizer.json, which works token by token.
 * @throws TextError `unsupported_tokenizer` if the text of a token would depend on later tokens
 */
export function createTokenDecoder(config: Component | null): TokenDecoder {
  if (config === null) return { ...utf8Decoder, hasByteFallback: false, start: noRule, separator: ' ' }
  const steps = flatten(config)
  const [only] = steps
  if (steps.length === 1 && only?.type === 'ByteLevel') {
    return { bytes: byteLevelBytes, isByte: () => false, hasByteFallback: false, start: noRule, separator: '' }
  }
  if (steps.length === 1 && only?.type === 'WordPiece') return createWordPiece(only)
  return createStepwise(steps)
}

/** Creates BERT's decoder: a space before each token that does not continue a word. */
function createWordPiece(config: Component): TokenDecoder {
  const prefix = String(config.prefix ?? '##')
  const clean = config.cleanup === false ? (text: string) => text : cleanUp
  const bytes = (token: string) =>
    utf8Decoder.bytes(clean(token.startsWith(prefix) ? token.slice(prefix.length) : ` ${token}`))
  return { bytes, isByte: () => false, hasByteFallback: false, start: { kind: 'first-word' }, separator: '' }
}

/** Removes spaces before marks, as the Rust library does token by token. */
function cleanUp(text: string): string {
  return text
    .replace(/ ([.?!,])/g, '$1')
    .replaceAll(" ' ", "'")
    .replace(/ (n't|'m|'s|'ve|'re)/g, '$1')
    .replaceAll(' do not', " don't")
}

function flatten(config: Component): Component[] {
  return config.type === 'Sequence' ? ((config.decoders ?? []) as Component[]).flatMap(flatten) : [config]
}

const bytesOfLetters: ReadonlyMap<string, number> = new Map(byteLetters.map((letter, byte) => [letter, byte]))

/**
 * Converts a byte-level token. One with a character outside GPT-2's alphabet, such as an added
 * token with a space, is plain text.
 */
function byteLevelBytes(token: string): Uint8Array {
  const bytes: number[] = []
  for (const letter of token) {
    const byte = bytesOfLetters.get(letter)
    if (byte === undefined) return utf8Decoder.bytes(token)
    bytes.push(byte)
  }
  return Uint8Array.from(bytes)
}

/**
 * Creates a decoder of SentencePiece's kind: Replace, ByteFallback, Fuse, Strip, or one Metaspace.
 */
function createStepwise(steps: readonly Component[]): TokenDecoder {
  const edits: ((token: string) => string)[] = []
  let hasByteFallback = false
  let isFused = false
  let start: StartRule = noRule
  for (const step of steps) {
    if (step.type === 'ByteFallback') hasByteFallback = true
    else if (step.type === 'Fuse') isFused = true
    else if (step.type === 'Replace' && !isFused) edits.push(createReplace(step))
    else if (step.type === 'Metaspace' && !isFused) {
      const mark = String(step.replacement ?? '▁')
      edits.push((token) => token.replaceAll(mark, ' '))
      const never = step.add_prefix_space === false || step.prepend_scheme === 'never'
      if (!never) start = { kind: 'first-token', content: mark }
    } else if (step.type === 'Strip' && isFused && !step.stop) {
      start = { kind: 'strip', content: String(step.content ?? ' '), count: Number(step.start ?? 0) }
    } else throw unsupported(step, steps)
  }
  const isByte = (token: string): boolean => hasByteFallback && /^<0x[0-9A-Fa-f]{2}>$/.test(token)
  const bytes = (token: string): Uint8Array =>
    isByte(token)
      ? Uint8Array.of(Number.parseInt(token.slice(3, 5), 16))
      : utf8Decoder.bytes(edits.reduce((text, edit) => edit(text), token))
  return { bytes, isByte, hasByteFallback, start, separator: '' }
}

function unsupported(step: Component, steps: readonly Component[]): TextError {
  return new TextError(
    'unsupported_tokenizer',
    `the tokenizer's decoder is ${steps.map((each) => each.type).join(', ')}; ${step.type} is not supported in that place. ` +
      'Supported are ByteLevel, Metaspace, WordPiece, and Replace, ByteFallback, Fuse, Strip (at the start, after Fuse) in this order.',
  )
}
