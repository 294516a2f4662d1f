import { TemplateError, UnsupportedTemplateError } from '../errors.js'
import { numberOf } from '../values/operations.js'
import { Tuple, type Value } from '../values/value.js'
import { costs, spend } from '../work.js'
import { type Method, method } from './method.js'

type Numeric = bigint | number

const conjugate = method<Numeric>('conjugate', '', (number) => number)
const hidden =
  (name: string): Method<Numeric> =>
  () => {
    throw new UnsupportedTemplateError(`the method ${name}() of numbers is not supported`)
  }

/** The bits of an integer without its sign. */
function bits(number: Numeric): string {
  const text = (number < 0n ? -BigInt(number) : BigInt(number)).toString(2)
  spend(text.length * costs.item)
  return text
}

/** The methods of integers. */
export const integerMethods: ReadonlyMap<string, Method<Numeric>> = new Map([
  ['bit_length', method('bit_length', '', (number) => (number === 0n ? 0n : BigInt(bits(number).length)))],
  ['bit_count', method('bit_count', '', (number) => BigInt(bits(number).replaceAll('0', '').length))],
  ['as_integer_ratio', method('as_integer_ratio', '', (number) => new Tuple([number, 1n]))],
  ['conjugate', conjugate],
  ['to_bytes', hidden('to_bytes')],
  ['from_bytes', hidden('from_bytes')],
])

/** The methods of floats. */
export const floatMethods: ReadonlyMap<string, Method<Numeric>> = new Map([
  ['is_integer', method('is_integer', '', (number) => Number.isInteger(number))],
  ['conjugate', conjugate],
  ['hex', hidden('hex')],
  ['fromhex', hidden('fromhex')],
  ['as_integer_ratio', hidden('as_integer_ratio')],
])

/** Reads an attribute of a number; undefined if there is none. */
export function numberAttribute(value: Value, name: string): Value | undefined {
  const number = numberOf(value)
  if (number === undefined) throw new TemplateError('a number is required')
  if (name === 'real') return number
  if (name === 'imag') return typeof number === 'bigint' ? 0n : 0
  if (typeof number !== 'bigint') return undefined
  if (name === 'numerator') return number
  return name === 'denominator' ? 1n : undefined
}
