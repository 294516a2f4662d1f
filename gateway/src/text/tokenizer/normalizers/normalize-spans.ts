import type { Span } from '../added-tokens.js'
import type { Normalizer } from '../parts.js'
import type { Work } from '../work.js'
import { normalizeInSteps } from './normalize-in-steps.js'

/** A character that no normalizer changes or combines with its neighbours. */
const guard = '\ue000'

/**
 * Converts spans of a text to spans of its normalized text. Normalizers work from left to right, so
 * the lengths of parts add up.
 */
export function* normalizeSpans(text: string, spans: readonly Span[], normalize: Normalizer): Work<Span[]> {
  const lengthOf = function* (part: string): Work<number> {
    return (yield* normalizeInSteps(normalize, part)).length
  }
  const guards = yield* lengthOf(guard + guard)
  let from = 0
  let offset = 0
  const advance = function* (to: number): Work<number> {
    const part = text.slice(from, to) + guard
    offset += from === 0 ? (yield* lengthOf(part)) - guard.length : (yield* lengthOf(guard + part)) - guards
    from = to
    return offset
  }
  const mapped: Span[] = []
  for (const [start, end] of spans) {
    mapped.push([yield* advance(start), yield* advance(end)])
    yield
  }
  return mapped
}
