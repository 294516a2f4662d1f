import { createTokenSplitter, type Span, type TokenPattern } from './added-tokens.js'
import { createPieceModel, type PieceModel, withoutSpecials } from './model.js'
import { createNormalizer } from './normalizer.js'
import { createPreTokenizer } from './pre-tokenize.js'
import type { TokenizerFile } from './tokenizer-file.js'

/** Encodes text to ids, without the tokens that the post-processor adds. */
export interface Encoder {
  /** Encodes text in which special tokens are matched. */
  encode(text: string): number[]
  /**
   * Encodes text in which special tokens are not matched inside some ranges. Those are ordinary
   * text, encoded together with their neighbours.
   * @param protectedSpans the ranges, in order and without overlaps
   */
  encodeProtected(text: string, protectedSpans: readonly Span[]): number[]
  /** All spellings of added tokens, in raw text and in normalized text. */
  readonly patterns: { readonly raw: readonly TokenPattern[]; readonly normalized: readonly TokenPattern[] }
  /** Normalizes text as before encoding. */
  normalize(text: string): string
}

/**
 * Creates the encoder: the Rust library's pipeline of added tokens that are not normalized, the
 * normalizer on the text between them, normalized added tokens, the pre-tokenizer, the model.
 * `Tokenizer.encode` of
 * @huggingface/tokenizers 0.2.0 is not used, because it cannot leave special tokens unmatched in a
 *   part of a text, and ignores all flags of an added token except two.
 */
export function createEncoder(file: TokenizerFile): Encoder {
  const normalize = createNormalizer(file.normalizer)
  const raw = file.addedTokens.filter((token) => !token.normalized).map((token) => ({ pattern: token.content, token }))
  const normalized = file.addedTokens
    .filter((token) => token.normalized)
    .map((token) => ({ pattern: normalize(token.content), token }))
    .filter(({ pattern }) => pattern !== '')
  const splitRaw = createTokenSplitter(raw)
  const splitNormalized = createTokenSplitter(normalized)
  const preTokenize = createPreTokenizer(file.preTokenizer)
  const model = createPieceModel(file.model)
  const createPlainModel = lazily(() => createModelWithoutSpecials(file) ?? model)

  const encodeRun = (text: string, first: boolean, spans: readonly Span[], pieceModel: PieceModel): number[] => {
    const normal = normalize(text)
    const mapped = normalized.some(({ token }) => token.special) ? normalSpans(text, spans, normalize) : []
    return splitNormalized(normal, mapped).flatMap((section) => {
      if (section.kind === 'token') return [section.id]
      const pieces = preTokenize(normal.slice(section.start, section.end), first && section.start === 0)
      return pieces.flatMap((piece) => (piece === '' ? [] : pieceModel(piece)))
    })
  }

  const encodeSections = (text: string, protectedSpans: readonly Span[], pieceModel: PieceModel): number[] => {
    const ids: number[] = []
    let nextSpan = 0
    for (const section of splitRaw(text, protectedSpans)) {
      if (section.kind === 'token') {
        ids.push(section.id)
        continue
      }
      const spans: Span[] = []
      for (; nextSpan < protectedSpans.length; nextSpan++) {
        const span = protectedSpans[nextSpan]
        if (span === undefined || span[0] >= section.end) break
        if (span[1] <= section.start) continue
        spans.push([Math.max(span[0], section.start) - section.start, Math.min(span[1], section.end) - section.start])
        if (span[1] > section.end) break
      }
      const run = text.slice(section.start, section.end)
      for (const id of encodeRun(run, section.start === 0, spans, pieceModel)) ids.push(id)
    }
    return ids
  }

  return {
    encode: (text) => encodeSections(wellFormed(text), [], model),
    // The model must not produce a special token either, as it could if its vocabulary has them as
    // pieces.
    encodeProtected: (text, spans) => encodeSections(wellFormed(text), spans, createPlainModel()),
    patterns: { raw, normalized },
    normalize,
  }
}

/** Replaces lone surrogates by U+FFFD, as every encoder of UTF-8 does. */
export function wellFormed(text: string): string {
  return text.replace(/\p{Surrogate}/gu, '\ufffd')
}

/** A character that no normalizer changes or combines with its neighbours. */
const guard = '\ue000'

/**
 * Converts spans to the normalized text. Normalizers work from left to right, so the lengths of
 * parts add up.
 */
function normalSpans(text: string, spans: readonly Span[], normalize: (text: string) => string): Span[] {
  const guards = normalize(guard + guard).length
  let from = 0
  let offset = 0
  const advance = (to: number): number => {
    const part = text.slice(from, to)
    offset +=
      from === 0 ? normalize(part + guard).length - guard.length : normalize(guard + part + guard).length - guards
    from = to
    return offset
  }
  return spans.map(([start, end]): Span => [advance(start), advance(end)])
}

function createModelWithoutSpecials(file: TokenizerFile): PieceModel | null {
  const specials = new Set(file.addedTokens.filter((token) => token.special).map((token) => token.content))
  const reduced = withoutSpecials(file.model, specials)
  return reduced === null ? null : createPieceModel(reduced)
}

function lazily<T>(create: () => T): () => T {
  let created: { value: T } | null = null
  return () => {
    created ??= { value: create() }
    return created.value
  }
}
