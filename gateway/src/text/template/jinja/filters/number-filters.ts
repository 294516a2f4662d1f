import { TemplateError } from '../errors.js'
import { compute } from '../operators/arithmetic.js'
import { fixedText, roundExactly } from '../values/float-text.js'
import { numberOf, toFloat } from '../values/operations.js'
import { isString, textOf, typeName, Undefined, type Value } from '../values/value.js'
import { costs, spend } from '../work.js'
import { filter, type NamedFilter } from './filter.js'
import { parseFloatText, parseInteger } from './parse-number.js'

/** The filters that make numbers. */
export const numberFilters: readonly NamedFilter[] = [
  filter('abs', '', (input) => {
    const number = requireNumber(input, 'abs')
    return number < 0 || Object.is(number, -0) ? -number : number
  }),
  filter('int', 'default= base=', (input, [initial = 0n, base = 10n]) => toInteger(input, base) ?? initial),
  filter('float', 'default=', (input, [initial = 0]) => toFloatOrNull(input) ?? initial),
  filter('round', 'precision= method=', (input, [precision = 0n, method = 'common']) =>
    round(input, precision, textOf(method) ?? ''),
  ),
]

function requireNumber(value: Value, name: string): bigint | number {
  const number = numberOf(value)
  if (number === undefined) throw new TemplateError(`${name} requires a number, found ${typeName(value)}`)
  return number
}

function toInteger(value: Value, base: Value): bigint | null {
  if (value instanceof Undefined) throw value.toError()
  const text = textOf(value)
  const integer = text === undefined ? null : parseInteger(text, baseOf(base))
  if (integer !== null) return integer
  const number = text === undefined ? numberOf(value) : (parseFloatText(text) ?? undefined)
  if (number === undefined || typeof number === 'bigint') return number ?? null
  if (text === undefined && Math.abs(number) === Infinity)
    throw new TemplateError('cannot convert float infinity to integer')
  return Number.isFinite(number) ? BigInt(Math.trunc(number)) : null
}

function baseOf(base: Value): number {
  const number = numberOf(base)
  if (typeof number !== 'bigint') throw new TemplateError('the base of int must be an integer')
  if (number !== 0n && (number < 2n || number > 36n)) return 1
  return Number(number)
}

function toFloatOrNull(value: Value): number | null {
  if (value instanceof Undefined) throw value.toError()
  if (isString(value)) return parseFloatText(textOf(value) ?? '')
  const number = numberOf(value)
  return number === undefined ? null : toFloat(number)
}

function round(input: Value, precision: Value, method: string): Value {
  if (!['common', 'ceil', 'floor'].includes(method))
    throw new TemplateError('the method of round must be common, ceil or floor')
  const number = requireNumber(input, 'round')
  const digits = precision === null && method === 'common' ? null : requireNumber(precision, 'the precision of round')
  if (typeof digits === 'number') throw new TemplateError('the precision of round must be an integer')
  if (method !== 'common') return roundToward(number, digits ?? 0n, method)
  if (typeof number === 'bigint') return roundInteger(number, digits ?? 0n)
  if (digits !== null) return roundFloat(number, Number(digits))
  if (!Number.isFinite(number)) throw new TemplateError('cannot convert this float to an integer')
  return roundExactly(number, 0) * (number < 0 ? -1n : 1n)
}

function roundInteger(value: bigint, digits: bigint): bigint {
  if (digits >= 0n) return value
  if (digits < -4300n) return 0n
  spend(Number(digits) ** 2 / 4)
  const unit = 10n ** -digits
  const absolute = value < 0n ? -value : value
  const [quotient, twice] = [absolute / unit, (absolute % unit) * 2n]
  const rounded = (twice > unit || (twice === unit && quotient % 2n === 1n) ? quotient + 1n : quotient) * unit
  return value < 0n ? -rounded : rounded
}

function roundFloat(value: number, digits: number): number {
  if (!Number.isFinite(value) || digits > 330) return value
  spend(Math.abs(digits) * costs.slowCharacter)
  const sign = value < 0 || Object.is(value, -0) ? -1 : 1
  if (digits < -308) return sign * 0
  if (digits >= 0) return sign * Number(fixedText(value, digits))
  return sign * Number(`${roundExactly(value, digits)}e${-digits}`)
}

function roundToward(value: bigint | number, digits: bigint, method: string): Value {
  const unit = compute('**', 10n, digits)
  const scaled = numberOf(compute('*', value, unit)) ?? 0n
  if (typeof scaled === 'number' && !Number.isFinite(scaled))
    throw new TemplateError('cannot convert this float to an integer')
  const whole = typeof scaled === 'bigint' ? scaled : BigInt(method === 'ceil' ? Math.ceil(scaled) : Math.floor(scaled))
  return compute('/', whole, unit)
}
