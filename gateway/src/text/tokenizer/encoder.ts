import { createTokenSplitter, type Span, type TokenPattern } from './added-tokens.js'
import { createModels } from './models/create-models.js'
import type { PieceModel } from './models/piece-model.js'
import { normalizeSpans } from './normalize-spans.js'
import { createNormalizer } from './normalizer.js'
import { createPreTokenizer } from './pre-tokenizers/create-pre-tokenizer.js'
import type { TokenizerFile } from './tokenizer-file.js'
import type { Work } from './work.js'

/** Encodes text to ids, without the tokens that the post-processor adds. */
export interface Encoder {
  /** Encodes text in which special tokens are matched. */
  encode(text: string): Work<number[]>
  /**
   * Encodes text in which special tokens are not matched inside some ranges. Those are ordinary
   * text, encoded together with their neighbours.
   * @param protectedSpans the ranges, in order and without overlaps
   */
  encodeProtected(text: string, protectedSpans: readonly Span[]): Work<number[]>
  /** All spellings of added tokens, in raw text and in normalized text. */
  readonly patterns: { readonly raw: readonly TokenPattern[]; readonly normalized: readonly TokenPattern[] }
  /** Normalizes text as before encoding. */
  normalize(text: string): string
}

/** Characters or pieces between two yields: about a millisecond. */
const unitsPerStep = 2_048

/**
 * Creates the encoder: the Rust library's pipeline of added tokens that are not normalized, the
 * normalizer on the text between them, normalized added tokens, the pre-tokenizer, the model.
 * docs/decisions/tokenizer.md says why the Rust library itself is not used.
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
  const specials = file.addedTokens.filter((token) => token.special).map((token) => token.content)
  const models = createModels(file.model, file.vocabulary, new Set(specials))
  const hasNormalizedSpecials = normalized.some(({ token }) => token.special)

  const encodeRun = function* (text: string, isFirst: boolean, spans: readonly Span[], model: PieceModel) {
    const normal = normalize(text)
    const mapped = hasNormalizedSpecials ? normalizeSpans(text, spans, normalize) : []
    const ids: number[] = []
    for (const section of splitNormalized(normal, mapped)) {
      if (section.kind === 'token') ids.push(section.id)
      else {
        const pieces = preTokenize(normal.slice(section.start, section.end), isFirst && section.start === 0)
        yield* appendPieces(pieces, model, ids)
      }
    }
    return ids
  }

  const encodeSections = function* (text: string, spans: readonly Span[], model: PieceModel): Work<number[]> {
    const ids: number[] = []
    const spansOf = createSpanCutter(spans)
    // As in the Rust library, a text whose first character the normalizer removes does not count as
    // the start.
    const isStartKept = normalize(String.fromCodePoint(text.codePointAt(0) ?? 0)) !== ''
    for (const section of splitRaw(text, spans)) {
      const cut = spansOf(section.start, section.end)
      if (section.kind === 'token') ids.push(section.id)
      else {
        const run = yield* encodeRun(
          text.slice(section.start, section.end),
          section.start === 0 && isStartKept,
          cut,
          model,
        )
        for (const id of run) ids.push(id)
      }
    }
    return ids
  }

  return {
    encode: (text) => encodeSections(wellFormed(text), [], models.withSpecials),
    // The model must not produce a special token either, as it could if its vocabulary has them as
    // pieces.
    encodeProtected: (text, spans) => encodeSections(wellFormed(text), spans, models.plain),
    patterns: { raw, normalized },
    normalize,
  }
}

/** Appends the ids of pieces. */
function* appendPieces(pieces: Iterable<string>, model: PieceModel, ids: number[]): Work<void> {
  let units = 0
  for (const piece of pieces) {
    if (piece === '') continue
    for (const id of yield* model(piece)) ids.push(id)
    units += 1 + piece.length
    if (units < unitsPerStep) continue
    units = 0
    yield
  }
}

/** Replaces lone surrogates by U+FFFD, as every encoder of UTF-8 does. */
export function wellFormed(text: string): string {
  return text.replace(/\p{Surrogate}/gu, '\ufffd')
}

/**
 * Creates a function that cuts the spans of a text to a section and makes them relative to it. Call
 * it for sections from left to right.
 */
function createSpanCutter(spans: readonly Span[]): (start: number, end: number) => Span[] {
  let next = 0
  return (start, end) => {
    const cut: Span[] = []
    for (; next < spans.length; next++) {
      const span = spans[next]
      if (span === undefined || span[0] >= end) break
      if (span[1] > start) cut.push([Math.max(span[0], start) - start, Math.min(span[1], end) - start])
      if (span[1] > end) break
    }
    return cut
  }
}
