import { TemplateError } from './errors.js'

/** Maximum length of a text that a template makes. All contexts are far below. */
export const maxTextLength = 16 * 1024 * 1024

/** Maximum width and digits of a formatted value: formatting is one step, however long it takes. */
export const maxFormatSize = 4_300

/** Maximum items of a range, as in Jinja2's sandbox. */
export const maxRange = 100_000

/** Maximum items of a list that a template repeats. */
export const maxItems = 1_000_000

/** Maximum bits of an integer. */
export const maxIntegerBits = 1_000_000

/** Maximum statements, loop passes and calls of one rendering: an endless template ends. */
const maxSteps = 5_000_000

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

/** Counts the items of a value that is printed: lists may contain one list many times. */
export class ItemCount {
  private items = 0

  /** @throws TemplateError if there are too many */
  add(count: number): void {
    this.items += count
    if (this.items > maxItems) throw new TemplateError(`a value with more than ${maxItems} items cannot be printed`)
  }
}

/** Time that one rendering may take, in milliseconds. Renderings of chats take some of them. */
const maxTimeMs = 10_000

/** Counts the work of one rendering. */
export class Budget {
  private steps = 0
  private length = 0
  private readonly deadline = performance.now() + maxTimeMs

  /** @throws TemplateError if the rendering takes too many steps, or too long */
  step(): void {
    if (++this.steps > maxSteps) throw new TemplateError(`the template takes more than ${maxSteps} steps`)
    if (this.steps % 16 === 0 && performance.now() > this.deadline)
      throw new TemplateError(`the template takes more than ${maxTimeMs} ms`)
  }

  /** @throws TemplateError if all the text that was written is too long */
  write(text: string): string {
    this.length += text.length
    assertTextLength(this.length)
    return text
  }
}
