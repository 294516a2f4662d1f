import type { Normalizer } from '../parts.js'
import type { Work } from '../work.js'
import { divideText, partLength } from './divide-text.js'

/** Normalizes a text at once. */
export function normalizeText(normalize: Normalizer, text: string): string {
  let normal = ''
  for (const part of normalize([text])) normal += part
  return normal
}

/** Normalizes a text in steps. */
export function* normalizeInSteps(normalize: Normalizer, text: string): Work<string> {
  if (text.length <= partLength) return normalizeText(normalize, text)
  let normal = ''
  for (const part of normalize(divideText(text, partLength))) {
    normal += part
    yield
  }
  return normal
}
