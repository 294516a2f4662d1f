import { createTokenSplitter, type Span, type TokenPattern } from './added-tokens.js'
import { createPieceModel, type PieceModel, withoutSpecials } from './model.js'
import { createNormalizer } from './normalizer.js'
import { createPreTokenizer } from './pre-tokenize.js'
import type { TokenizerFile } from './tokenizer-file.js'

/** Text to ids, without what the post-processor adds. */
export interface Encoder {
  /** All of the text may spell special tokens. */
  encode(text: string): number[]
  /**
   * @param protectedSpans ranges, in order and apart, in which special tokens are not matched: what is spelled there is
   * encoded as ordinary text, in one run with its neighbours.
   */
  encodeProtected(text: string, protectedSpans: readonly Span[]): number[]
  /** All ways to spell an added token, in the raw text and in the normalized one. */
  readonly patterns: { readonly raw: readonly TokenPattern[]; readonly normalized: readonly TokenPattern[] }
  normalize(text: string): string
}

/**
 * The Rust library's pipeline: added tokens that are not normalized, the normalizer on what lies between, normalized
 * added tokens, the pre-tokenizer, the model. Written out because `Tokenizer.encode` of @huggingface/tokenizers 0.2.0
 * cannot leave special tokens unmatched in a part of a text, and lets every flag of an added token but two go.
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
    // The model must not spell a special token either, as one whose vocabulary holds them as pieces could.
    encodeProtected: (text, spans) => encodeSections(wellFormed(text), spans, createPlainModel()),
    patterns: { raw, normalized },
    normalize,
  }
}

/** Lone surrogates have no UTF-8 bytes; every encoder of UTF-8 puts U+FFFD for them. */
export function wellFormed(text: string): string {
  return text.replace(/\p{Surrogate}/gu, '\ufffd')
}

/** A character that no normalizer changes or joins to its neighbours. */
const GUARD = '\ue000'

/** Where spans lie once their text is normalized: normalizers work from left to right, so lengths of parts add up. */
function normalSpans(text: string, spans: readonly Span[], normalize: (text: string) => string): Span[] {
  const guards = normalize(GUARD + GUARD).length
  let from = 0
  let offset = 0
  const advance = (to: number): number => {
    const part = text.slice(from, to)
    offset +=
      from === 0 ? normalize(part + GUARD).length - GUARD.length : normalize(GUARD + part + GUARD).length - guards
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
  let made: { value: T } | null = null
  return () => {
    made ??= { value: create() }
    return made.value
  }
}
