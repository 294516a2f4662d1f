import { createTokenSplitter, type Span, type TokenPattern } from './added-tokens.js'
import { Encoding } from './encoding.js'
import { createModels } from './models/create-models.js'
import type { PieceModel } from './models/piece-model.js'
import { createNormalizers, joinNormalizers } from './normalizers/create-normalizers.js'
import { keepsStart } from './normalizers/keeps-start.js'
import { normalizeInSteps } from './normalizers/normalize-in-steps.js'
import { normalizeSpans } from './normalizers/normalize-spans.js'
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

/**
 * Creates the encoder: the Rust library's pipeline of added tokens that are not normalized, the
 * normalizer on the text between them, normalized added tokens, the pre-tokenizer, the model.
 * docs/decisions/tokenizer.md says why the Rust library itself is not used.
 */
export function createEncoder(file: TokenizerFile): Encoder {
  const normalizers = createNormalizers(file.normalizer)
  const normalizer = joinNormalizers(normalizers)
  const normalize = (text: string) => normalizer.whole(text)
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

  const encodeRun = function* (text: string, isFirst: boolean, spans: readonly Span[], encoding: Encoding) {
    const normal = yield* normalizeInSteps(normalizer, text)
    const mapped = hasNormalizedSpecials ? yield* normalizeSpans(text, spans, normalizer) : []
    for (const section of splitNormalized(normal, mapped)) {
      if (section.kind === 'pause') yield
      else if (section.kind === 'token') yield* encoding.addToken(section.id)
      else {
        const pieces = preTokenize(normal.slice(section.start, section.end), isFirst && section.start === 0)
        yield* encoding.addPieces(pieces)
      }
    }
  }

  const encodeSections = function* (text: string, spans: readonly Span[], model: PieceModel): Work<number[]> {
    const encoding = new Encoding(model)
    const spansOf = createSpanCutter(spans)
    const isStartKept = keepsStart(normalizers, text)
    for (const section of splitRaw(text, spans)) {
      if (section.kind === 'pause') {
        yield
        continue
      }
      const { start, end } = section
      const cut = spansOf(start, end)
      if (section.kind === 'token') yield* encoding.addToken(section.id)
      else yield* encodeRun(text.slice(start, end), start === 0 && isStartKept, cut, encoding)
    }
    return encoding.ids
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
