import { TemplateError } from '../errors.js'
import { assertFormatSize, assertTextLength } from '../limits.js'
import { Range } from '../values/collections.js'
import { Dict } from '../values/dict.js'
import { escapeHtml } from '../values/html.js'
import { numberOf, toFloat } from '../values/operations.js'
import { escapeCharacter, toRepresentation, toText } from '../values/represent.js'
import { charactersOf } from '../values/text.js'
import { isList, Markup, Tuple, textOf, typeName, Undefined, type Value } from '../values/value.js'
import { formatFloat, formatInteger, isNegative } from './number.js'

const directive = /%(?:\(((?:[^()]|\([^()]*\))*)\))?([-+ #0]*)(\*|\d+)?(?:\.(\*|\d*))?[hlL]?(.?)/gsu

interface Directive {
  readonly flags: string
  readonly width: number
  readonly precision: number | null
  readonly letter: string
}

/** `text % value` of Python. In marked text the values are escaped. @throws TemplateError */
export function formatPercent(template: Value, value: Value): Value {
  const text = textOf(template) ?? ''
  const isMarked = template instanceof Markup
  const values = new PercentValues(value)
  let length = 0
  const formatted = text.replace(
    directive,
    (_, key: string | undefined, flags: string, width, precision, letter: string) => {
      if (key !== undefined) values.select(key)
      const size = width === '*' ? values.nextSize() : Number(width ?? 0)
      const digits = precision === '*' ? values.nextSize() : precision === undefined ? null : Number(precision)
      if (letter === '%') return '%'
      const signed = size < 0 ? `${flags}-` : flags
      assertFormatSize(Math.max(Math.abs(size), digits ?? 0))
      const format = { flags: signed, width: Math.abs(size), precision: digits, letter }
      const part = formatValue(values.next(), format, isMarked)
      length += part.length
      assertTextLength(length)
      return part
    },
  )
  values.assertUsed()
  return isMarked ? new Markup(formatted) : formatted
}

/** The values of a format, in their order or by key. */
class PercentValues {
  private readonly items: readonly Value[]
  private index = 0
  private selected: Value | undefined

  constructor(private readonly value: Value) {
    this.items = value instanceof Tuple ? value.items : [value]
  }

  select(key: string): void {
    if (this.value instanceof Undefined) throw this.value.toError()
    if (!(this.value instanceof Dict)) throw new TemplateError('format requires a mapping')
    this.selected = this.value.get(key)
    if (this.selected === undefined) throw new TemplateError(`the mapping of a format has no key '${key}'`)
  }

  next(): Value {
    const { selected } = this
    this.selected = undefined
    if (selected !== undefined) return selected
    const value = this.items[this.index++]
    if (value === undefined) throw new TemplateError('not enough arguments for format string')
    return value
  }

  nextSize(): number {
    const size = numberOf(this.next())
    if (typeof size !== 'bigint') throw new TemplateError('* wants int')
    return Number(size)
  }

  /** Python does not ask this of dicts, lists and other values with keys. */
  assertUsed(): void {
    const { value } = this
    const hasKeys = isList(value) || value instanceof Dict || value instanceof Range || value instanceof Undefined
    if (this.index < this.items.length && !hasKeys)
      throw new TemplateError('not all arguments converted during string formatting')
  }
}

function formatValue(value: Value, format: Directive, isMarked: boolean): string {
  const { letter } = format
  if ('sra'.includes(letter) && letter !== '')
    return pad(cut(textFor(value, letter, isMarked), format), '', format, ' ')
  if (letter === 'c') return pad(characterFor(value), '', format, ' ')
  if ('diuxXo'.includes(letter) && letter !== '') return formatIntegerValue(value, format)
  if ('eEfFgG'.includes(letter) && letter !== '') return formatFloatValue(value, format)
  throw new TemplateError(letter === '' ? 'incomplete format' : `unsupported format character '${letter}'`)
}

function textFor(value: Value, letter: string, isMarked: boolean): string {
  const text = letter === 's' ? toText(value) : toRepresentation(value)
  const ascii = letter === 'a' ? text.replace(/[^\0-\x7f]/gu, escapeCharacter) : text
  if (!isMarked) return ascii
  return letter === 's' ? escapeHtml(value) : escapeHtml(ascii)
}

function cut(text: string, { precision }: Directive): string {
  return precision === null ? text : charactersOf(text).slice(0, precision).join('')
}

function characterFor(value: Value): string {
  const number = numberOf(value)
  if (typeof number === 'bigint' && number >= 0n && number <= 0x10ffffn) return String.fromCodePoint(Number(number))
  const text = textOf(value)
  if (text !== undefined && charactersOf(text).length === 1) return text
  throw new TemplateError('%c requires int or char')
}

function formatIntegerValue(value: Value, format: Directive): string {
  const number = numberOf(value)
  const isWhole =
    typeof number === 'bigint' || (number !== undefined && 'diu'.includes(format.letter) && Number.isFinite(number))
  if (number === undefined || !isWhole)
    throw new TemplateError(`%${format.letter} format: a number is required, not ${typeName(value)}`)
  const whole = typeof number === 'bigint' ? number : BigInt(Math.trunc(number))
  const { prefix, digits } = formatInteger(whole, format.letter, format.flags.includes('#'))
  const body = digits.padStart(format.precision ?? 0, '0')
  return pad(body, signFor(whole, format) + prefix, format, fillFor(format))
}

function formatFloatValue(value: Value, format: Directive): string {
  const number = numberOf(value)
  if (number === undefined) throw new TemplateError(`must be real number, not ${typeName(value)}`)
  const float = toFloat(number)
  const options = { letter: format.letter, precision: format.precision ?? 6, isAlternate: format.flags.includes('#') }
  return pad(formatFloat(float, options), signFor(float, format), format, fillFor(format))
}

function signFor(value: bigint | number, { flags }: Directive): string {
  if (isNegative(value)) return '-'
  return flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : ''
}

function fillFor({ flags }: Directive): string {
  return flags.includes('0') && !flags.includes('-') ? '0' : ' '
}

function pad(body: string, sign: string, { flags, width }: Directive, fill: string): string {
  const missing = Math.max(0, width - charactersOf(sign + body).length)
  if (flags.includes('-')) return sign + body + ' '.repeat(missing)
  return fill === '0' ? sign + '0'.repeat(missing) + body : ' '.repeat(missing) + sign + body
}
