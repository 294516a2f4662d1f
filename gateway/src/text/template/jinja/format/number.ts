import { exponentText, fixedText, significantDigits } from '../values/float-text.js'
import { integerText } from '../values/represent.js'
import { costs, spend } from '../work.js'

/** How a float is written: the letter of its format, its precision, and `#`. */
export interface FloatFormat {
  readonly letter: string
  readonly precision: number
  readonly isAlternate: boolean
  /** Python writes `1.0` and not `1` if a format names no letter. */
  readonly hasPoint?: boolean
}

/** Formats a float without its sign, like C's printf. */
export function formatFloat(value: number, format: FloatFormat): string {
  spend(costs.call * 4 + format.precision * costs.slowCharacter)
  const isUpper = format.letter !== format.letter.toLowerCase()
  const text = Number.isFinite(value) ? formatFinite(value, format) : Number.isNaN(value) ? 'nan' : 'inf'
  return isUpper ? text.toUpperCase() : text
}

function formatFinite(value: number, format: FloatFormat): string {
  const letter = format.letter.toLowerCase()
  if (letter === 'e') return exponentForm(value, format)
  if (letter === 'g') return generalForm(value, format)
  const text = fixedText(value, format.precision)
  return format.isAlternate && format.precision === 0 ? `${text}.` : text
}

function exponentForm(value: number, { precision, isAlternate }: FloatFormat): string {
  const { digits, exponent } = significantDigits(value, precision + 1)
  const point = precision > 0 || isAlternate ? '.' : ''
  return `${digits.charAt(0)}${point}${digits.slice(1)}${exponentText(exponent)}`
}

function generalForm(value: number, { precision, isAlternate, hasPoint = false }: FloatFormat): string {
  const count = Math.max(1, precision)
  const { digits, exponent } = significantDigits(value, count)
  const trim = (text: string) => (isAlternate || !text.includes('.') ? text : trimZeros(text))
  if (exponent < -4 || exponent >= count - (hasPoint ? 1 : 0)) {
    const mantissa = count > 1 || isAlternate ? `${digits.charAt(0)}.${digits.slice(1)}` : digits
    return `${trim(mantissa)}${exponentText(exponent)}`
  }
  const decimals = count - 1 - exponent
  const padded = digits.padStart(decimals + 1, '0')
  const text =
    decimals > 0 || isAlternate
      ? `${padded.slice(0, padded.length - decimals)}.${padded.slice(padded.length - decimals)}`
      : padded
  const trimmed = trim(text)
  return hasPoint && !trimmed.includes('.') ? `${trimmed}.0` : trimmed
}

/** Removes the zeros at the end of a fraction, and the point if nothing is left. */
function trimZeros(text: string): string {
  let end = text.length
  while (text.charAt(end - 1) === '0') end--
  return text.slice(0, text.charAt(end - 1) === '.' ? end - 1 : end)
}

/** Whether a float is written with a minus. */
export function isNegative(value: bigint | number): boolean {
  return value < 0 || Object.is(value, -0)
}

const bases: Readonly<Record<string, number>> = { b: 2, o: 8, x: 16, X: 16 }

/** Formats an integer without its sign, in the base of the letter. */
export function formatInteger(value: bigint, letter: string, isAlternate: boolean): { prefix: string; digits: string } {
  const absolute = value < 0n ? -value : value
  const base = bases[letter]
  spend(costs.call)
  const digits = base === undefined ? integerText(absolute) : absolute.toString(base)
  spend(digits.length * costs.item)
  const prefix = isAlternate && letter in bases ? `0${letter}` : ''
  return { prefix, digits: letter === 'X' ? digits.toUpperCase() : digits }
}
