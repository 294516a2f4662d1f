import { TemplateError } from './errors.js'

/** Maximum length of a text that a template makes. All contexts are far below. */
export const maxTextLength = 16 * 1024 * 1024

/** Maximum width and digits of a formatted value. */
export const maxFormatSize = 4_300

/** Maximum items of a range, as in Jinja2's sandbox. */
export const maxRange = 100_000

/** Maximum items of a list that a template repeats. */
export const maxItems = 1_000_000

/** Maximum bits of an integer: more than those of the longest integer that Python prints. */
export const maxIntegerBits = 16_384

/** @throws TemplateError if a text of this length is too long */
export function assertTextLength(length: number): void {
  if (length > maxTextLength)
    throw new TemplateError(`the template makes a text of ${length} characters: expected at most ${maxTextLength}`)
}

/** @throws TemplateError if a value would be formatted with this many characters or digits */
export function assertFormatSize(size: number): void {
  if (size > maxFormatSize)
    throw new TemplateError(`a format has a width or precision of ${size}: expected at most ${maxFormatSize}`)
}

/** @throws TemplateError if a list of this many items is too long */
export function assertItems(count: number): void {
  if (count > maxItems) throw new TemplateError(`a list of ${count} items: expected at most ${maxItems}`)
}

/** Joins texts and checks their length while they are made. @throws TemplateError */
export function joinTexts(texts: Iterable<string>, separator: string): string {
  let joined = ''
  let isFirst = true
  for (const text of texts) {
    joined += isFirst ? text : separator + text
    isFirst = false
    assertTextLength(joined.length)
  }
  return joined
}
