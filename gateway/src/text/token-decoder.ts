import { library } from './library.js'
import type { Component } from './parts.js'
import { BYTE_LETTERS } from './pre-tokenize.js'
import { TextError } from './types.js'

/** What one token gives to a text: its bytes, wherever it stands. */
export interface TokenDecoder {
  bytes(token: string): Uint8Array
  /** True where a token is one byte of a character spelled as "<0xE2>": runs of these are decoded together. */
  isByte(token: string): boolean
  /** Bytes runs end at tokens that are none; without byte fallback the whole text is one run. */
  readonly hasByteFallback: boolean
  /** How the beginning of a text differs. */
  readonly start: StartRule
  /** What stands between two tokens. */
  readonly separator: string
}

/** `strip`: up to `count` times `content` is cut from the text's start; `first-token`: all `content` in the first token is. */
export type StartRule =
  | { readonly kind: 'none' }
  | { readonly kind: 'strip'; readonly content: string; readonly count: number }
  | { readonly kind: 'first-token'; readonly content: string }

const KEEP: StartRule = { kind: 'none' }
const UTF8 = { bytes: (token: string) => new Uint8Array(Buffer.from(token, 'utf8')), isByte: () => false }

/**
 * The decoder of tokenizer.json, token by token.
 * @throws TextError `unsupported_tokenizer` where a token's text would depend on tokens after it.
 */
export function createTokenDecoder(config: Component | null): TokenDecoder {
  if (config === null) return { ...UTF8, hasByteFallback: false, start: KEEP, separator: ' ' }
  const steps = flatten(config)
  const [only] = steps
  if (steps.length === 1 && only?.type === 'ByteLevel') {
    return { bytes: byteLevelBytes, isByte: () => false, hasByteFallback: false, start: KEEP, separator: '' }
  }
  return createStepwise(steps)
}

function flatten(config: Component): Component[] {
  return config.type === 'Sequence' ? ((config.decoders ?? []) as Component[]).flatMap(flatten) : [config]
}

const LETTER_BYTES: ReadonlyMap<string, number> = new Map(BYTE_LETTERS.map((letter, byte) => [letter, byte]))

/** A token with a character outside GPT-2's alphabet (an added token with a space, say) stands for itself. */
function byteLevelBytes(token: string): Uint8Array {
  const bytes: number[] = []
  for (const letter of token) {
    const byte = LETTER_BYTES.get(letter)
    if (byte === undefined) return UTF8.bytes(token)
    bytes.push(byte)
  }
  return Uint8Array.from(bytes)
}

/** SentencePiece's kind: Replace, ByteFallback, Fuse, Strip, or one Metaspace. */
function createStepwise(steps: readonly Component[]): TokenDecoder {
  const edits: ((token: string) => string)[] = []
  let hasByteFallback = false
  let isFused = false
  let start: StartRule = KEEP
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
      : UTF8.bytes(edits.reduce((text, edit) => edit(text), token))
  return { bytes, isByte, hasByteFallback, start, separator: '' }
}

function createReplace(step: Component): (token: string) => string {
  const decoder = new library.ReplaceDecoder(step)
  return (token) => decoder.decode_chain([token]).join('')
}

function unsupported(step: Component, steps: readonly Component[]): TextError {
  return new TextError(
    'unsupported_tokenizer',
    `The tokenizer's decoder is ${steps.map((each) => each.type).join(', ')}; in that place ${step.type} is not supported. ` +
      'Supported are ByteLevel, Metaspace, and Replace, ByteFallback, Fuse, Strip (at the start, after Fuse) in this order.',
  )
}
