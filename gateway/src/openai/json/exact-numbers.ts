import { ApiError } from '../api-error.js'
import { writtenPart } from './written-numbers.js'

/** Maximum digits of an integer. Python reads no longer ones. */
const maxDigits = 4_300

/**
 * Copies a value of a body with the numbers that Python would read: an integer above 2^53 becomes a
 * bigint, a float without a fraction (`1.0`, `1e3`) a `Number` object. Chat templates print them.
 * @param object a body or a part of it that was remembered; others are returned as they are
 * @param path the place of the value in the object
 * @throws ApiError 400 if an integer has more than 4300 digits
 */
export function exactNumbers<T>(value: T, object: unknown, path: readonly PropertyKey[]): T {
  if (!hasWholeNumber(value)) return value
  const written = writtenPart(object, path)
  return written === null ? value : (restore(value, written) as T)
}

/** Floats with a fraction are exact. A long integer is infinite in JavaScript. */
function hasWholeNumber(value: unknown): boolean {
  if (typeof value === 'number') return Number.isInteger(value) || !Number.isFinite(value)
  if (typeof value !== 'object' || value === null) return false
  return Object.values(value).some(hasWholeNumber)
}

function restore(value: unknown, written: unknown): unknown {
  if (typeof value === 'number') return typeof written === 'string' ? readNumber(value, written) : value
  if (typeof value !== 'object' || value === null || typeof written !== 'object' || written === null) return value
  const parts = written as Readonly<Record<string, unknown>>
  if (Array.isArray(value)) return value.map((item, index) => restore(item, parts[index]))
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, restore(item, parts[key])]))
}

function readNumber(value: number, written: string): unknown {
  if (!/^-?\d+$/.test(written)) return Number.isInteger(value) ? Object(value) : value
  if (Number.isSafeInteger(value)) return value
  const digits = written.replace('-', '').length
  if (digits > maxDigits) throw new ApiError(400, `a number has ${digits} digits: expected at most ${maxDigits}`)
  return BigInt(written)
}
