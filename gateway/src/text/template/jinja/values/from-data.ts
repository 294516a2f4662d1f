import { TemplateError } from '../errors.js'
import { Dict } from './dict.js'
import type { Value } from './value.js'

const maxDepth = 200

/**
 * Converts JSON data to values of Python. A whole number is an integer, as JavaScript does not keep
 * whether JSON had `1` or `1.0`.
 */
export function fromData(data: unknown, depth = 0): Value {
  if (data === null || data === undefined) return null
  if (typeof data === 'string' || typeof data === 'boolean' || typeof data === 'bigint') return data
  if (typeof data === 'number') return Number.isInteger(data) ? BigInt(data) : data
  if (depth > maxDepth) throw new TemplateError(`the values are nested more than ${maxDepth} levels deep`)
  if (Array.isArray(data)) return data.map((item) => fromData(item, depth + 1))
  if (typeof data !== 'object') throw new TemplateError(`a ${typeof data} cannot be a value of a template`)
  const entries = Object.entries(data).filter(([, value]) => value !== undefined)
  return new Dict(entries.map(([key, value]) => [key, fromData(value, depth + 1)] as const))
}
