import type { Normalizer } from '../parts.js'

/** Length of the text in which a match at the start is searched. */
const headLength = 16

/**
 * Returns whether a normalized text begins at the start of the text. As in the Rust library, it
 * does not if the normalizers remove the first character, or replace it together with the next one:
 * Metaspace's prepend_scheme "first" puts no mark before such a text.
 */
export function keepsStart(normalizers: readonly Normalizer[], text: string): boolean {
  let first = String.fromCodePoint(text.codePointAt(0) ?? 0)
  let head = text.slice(0, headLength)
  for (const normalizer of normalizers) {
    if ((normalizer.replacedAtStart?.(head) ?? 0) > first.length) return false
    first = normalizer.whole(first)
    head = normalizer.whole(head)
    if (first === '') return false
  }
  return true
}
