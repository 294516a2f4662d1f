import { TemplateError } from '../errors.js'
import { Dict } from './dict.js'
import type { Value } from './value.js'

const maxDepth = 200

/**
 * Converts JSON data to values of Python. A whole number is an integer. A float without a fraction,
 * such as `1.0` in JSON, is a `Number` object, which threads can send to each other.
 */
export function fromData(data: unknown, depth = 0): Value {
  if (data === null || data === undefined) return null
  if (typeof data === 'string' || typeof data === 'boolean' || typeof data === 'bigint') return data
  if (typeof data === 'number') return Number.isInteger(data) ? BigInt(data) : data
  if (data instanceof Number) return data.valueOf()
  if (depth > maxDepth) throw new TemplateError(`the values are nested more than ${maxDepth} levels deep`)
  if (Array.isArray(data)) return data.map((item) => fromData(item, depth + 1))
  if (typeof data !== 'object') throw new TemplateError(`a ${typeof data} cannot be a value of a template`)
  const entries = Object.entries(data).filter(([, value]) => value !== undefined)
  return new Dict(entries.map(([key, value]) => [key, fromData(value, depth + 1)] as const))
}
