import { TemplateError } from './errors.js'

/** Maximum length of a text that a template makes. All contexts are far below. */
export const maxTextLength = 16 * 1024 * 1024

/** Maximum items of a range, as in Jinja2's sandbox. */
export const maxRange = 100_000

/** Maximum items of a list that a template repeats. */
export const maxItems = 1_000_000

/** Maximum bits of an integer. Larger ones are refused before they are computed. */
export const maxIntegerBits = 1_000_000

/** Maximum statements, loop passes and calls of one rendering: an endless template ends. */
const maxSteps = 5_000_000

/** @throws TemplateError if a text of this length is too long */
export function assertTextLength(length: number): void {
  if (length > maxTextLength)
    throw new TemplateError(`the template makes a text of ${length} characters: expected at most ${maxTextLength}`)
}

/** Counts the work of one rendering. */
export class Budget {
  private steps = 0
  private length = 0

  /** @throws TemplateError if the rendering takes too many steps */
  step(): void {
    if (++this.steps > maxSteps) throw new TemplateError(`the template takes more than ${maxSteps} steps`)
  }

  /** @throws TemplateError if all the text that was written is too long */
  write(text: string): string {
    this.length += text.length
    assertTextLength(this.length)
    return text
  }
}
