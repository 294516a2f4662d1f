import { TemplateError } from '../errors.js'
import { assertTextLength } from '../limits.js'
import { Markup, textOf, type Value } from '../values/value.js'
import { costs, spend } from '../work.js'
import { formatDirective } from './percent-directive.js'
import { PercentValues } from './percent-values.js'

/** `text % value` of Python. In marked text the values are escaped. @throws TemplateError */
export function formatPercent(template: Value, value: Value): Value {
  const isMarked = template instanceof Markup
  const formatted = new Percent(textOf(template) ?? '', new PercentValues(value, isMarked), isMarked).format()
  return isMarked ? new Markup(formatted) : formatted
}

const maxSize = 2 ** 31 - 1

function assertSize(size: number): number {
  if (Math.abs(size) > maxSize) throw new TemplateError(`the width or precision ${size} of a format is too large`)
  return size
}

/** Reads a format from its start to its end, as CPython does. */
class Percent {
  private index = 0

  constructor(
    private readonly text: string,
    private readonly values: PercentValues,
    private readonly isMarked: boolean,
  ) {}

  format(): string {
    spend(this.text.length * costs.item)
    let formatted = ''
    for (let end = this.findMark(); end >= 0; end = this.findMark()) {
      formatted += this.text.slice(this.index, end)
      this.index = end + 1
      formatted += this.readDirective()
      assertTextLength(formatted.length)
    }
    this.values.assertUsed()
    return formatted + this.text.slice(this.index)
  }

  private findMark(): number {
    return this.text.indexOf('%', this.index)
  }

  private readDirective(): string {
    spend(costs.call)
    // Only `%%` is a mark: `%5%` is a directive that does not exist.
    if (this.text.charAt(this.index) === '%') {
      this.index++
      return '%'
    }
    if (this.text.charAt(this.index) === '(') this.values.select(this.readKey())
    const flags = this.readWhile('-+ #0')
    const width = this.readSize() ?? 0
    const precision = this.readPrecision()
    if ('hlL'.includes(this.text.charAt(this.index))) this.index++
    const letter = this.readLetter()
    const format = {
      flags: width < 0 ? `${flags}-` : flags,
      width: Math.abs(width),
      precision,
      letter,
    }
    return formatDirective(this.values.next(), format, this.isMarked)
  }

  /** Reads a key, which may contain pairs of parentheses. */
  private readKey(): string {
    this.values.assertKeys()
    const start = this.index + 1
    let depth = 1
    for (let index = start; index < this.text.length; index++) {
      const mark = this.text.charAt(index)
      if (mark === '(') depth++
      if (mark !== ')' || --depth > 0) continue
      this.index = index + 1
      return this.text.slice(start, index)
    }
    throw new TemplateError('incomplete format key')
  }

  private readWhile(marks: string): string {
    const start = this.index
    while (this.index < this.text.length && marks.includes(this.text.charAt(this.index))) this.index++
    return this.text.slice(start, this.index)
  }

  /** Reads a number, or the value of `*`; null if there is neither. */
  private readSize(): number | null {
    if (this.text.charAt(this.index) === '*') {
      this.index++
      return assertSize(this.values.nextSize())
    }
    const digits = this.readWhile('0123456789')
    return digits === '' ? null : assertSize(Number(digits))
  }

  private readPrecision(): number | null {
    if (this.text.charAt(this.index) !== '.') return null
    this.index++
    return Math.max(0, this.readSize() ?? 0)
  }

  private readLetter(): string {
    const code = this.text.codePointAt(this.index)
    if (code === undefined) throw new TemplateError('incomplete format')
    const letter = String.fromCodePoint(code)
    this.index += letter.length
    return letter
  }
}
