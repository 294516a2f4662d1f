import type { Normalizer } from '../parts.js'
import type { Work } from '../work.js'
import { divideText, partLength } from './divide-text.js'

/** Normalizes a text, a long one in steps. */
export function* normalizeInSteps(normalizer: Normalizer, text: string): Work<string> {
  if (text.length <= partLength) return normalizer.whole(text)
  let normal = ''
  for (const part of normalizer.inParts(divideText(text, partLength))) {
    normal += part
    yield
  }
  return normal
}
