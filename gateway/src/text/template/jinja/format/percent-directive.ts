import { TemplateError, UnsupportedTemplateError } from '../errors.js'
import { assertFormatSize } from '../limits.js'
import { escapeHtml } from '../values/html.js'
import { numberOf, toFloat } from '../values/operations.js'
import { escapeCharacter, toRepresentation, toText } from '../values/represent.js'
import { charactersOf } from '../values/text.js'
import { textOf, typeName, type Value } from '../values/value.js'
import { costs, spend } from '../work.js'
import { formatFloat, formatInteger, isNegative } from './number.js'

/** A directive of a format, such as `%-5.2f`. */
export interface Directive {
  readonly flags: string
  readonly width: number
  readonly precision: number | null
  readonly letter: string
}

/** Formats a value. @throws TemplateError as Python */
export function formatDirective(value: Value, format: Directive, isMarked: boolean): string {
  const { letter } = format
  if ('sra'.includes(letter)) return pad(cut(textFor(value, letter, isMarked), format), '', format, ' ')
  if (!'cdiuxXoeEfFgG'.includes(letter)) throw new TemplateError(`unsupported format character '${letter}'`)
  const size = Math.max(format.width, format.precision ?? 0)
  assertFormatSize(size)
  spend(size * costs.item)
  if (isMarked) assertWrapped(value, letter)
  if (letter === 'c') return pad(characterFor(value), '', format, ' ')
  return 'diuxXo'.includes(letter) ? formatIntegerValue(value, format) : formatFloatValue(value, format)
}

/** In marked text a value is wrapped in an object that only converts to `int` and `float`. */
function assertWrapped(value: Value, letter: string): void {
  if ('cxXo'.includes(letter))
    throw new TemplateError(`%${letter} format: an integer is required, not _MarkupEscapeHelper`)
  if (textOf(value) !== undefined)
    throw new UnsupportedTemplateError(
      `%${letter} of a text in a marked text is not supported: use the filter int or float`,
    )
}

function textFor(value: Value, letter: string, isMarked: boolean): string {
  if (isMarked && letter === 's') return escapeHtml(value)
  const text = letter === 's' ? toText(value) : toRepresentation(value)
  const ascii = letter === 'a' ? text.replace(/[^\0-\x7f]/gu, escapeCharacter) : text
  spend(text.length * costs.item)
  return isMarked ? escapeHtml(ascii) : ascii
}

function cut(text: string, { precision }: Directive): string {
  return precision === null || precision >= text.length ? text : charactersOf(text).slice(0, precision).join('')
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
  if (width === 0) return sign + body
  assertFormatSize(width)
  const missing = Math.max(0, width - charactersOf(sign + body).length)
  if (flags.includes('-')) return sign + body + ' '.repeat(missing)
  return fill === '0' ? sign + '0'.repeat(missing) + body : ' '.repeat(missing) + sign + body
}
