import type { Span } from './added-tokens.js'
import type { Normalizer } from './parts.js'

/** A character that no normalizer changes or combines with its neighbours. */
const guard = '\ue000'

/**
 * Converts spans of a text to spans of its normalized text. Normalizers work from left to right, so
 * the lengths of parts add up.
 */
export function normalizeSpans(text: string, spans: readonly Span[], normalize: Normalizer): Span[] {
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
