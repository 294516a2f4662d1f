import { adapterScaleSchema } from '@tandem/models/folder'
import { expectationOf } from '@tandem/process'
import { InvalidArgumentError } from 'commander'
import type { NamedSource } from '../config/read-flags.js'
import { extraModelNameSchema } from '../config/settings.js'

/**
 * Parsers of argument texts for commander. Each throws InvalidArgumentError saying what was
 * expected.
 */

/** Creates a parser of integers from `min` to `max`. */
export const wholeNumber = (min: number, max: number) => (text: string) => {
  const value = Number(text)
  if (/^\d+$/.test(text) && value >= min && value <= max) return value
  throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`)
}

/** Parses a number in (0, 1]. */
export function fraction(text: string): number {
  const value = Number(text)
  if (text.trim() !== '' && value > 0 && value <= 1) return value
  throw new InvalidArgumentError('It must be a number above 0 and at most 1.')
}

/** Parses the factor of an adapter's scale. */
export function adapterScale(text: string): number {
  const value = text.trim() === '' ? Number.NaN : Number(text)
  const result = adapterScaleSchema.safeParse(value, { error: expectationOf })
  if (result.success) return result.data
  throw new InvalidArgumentError(`It is ${text}: ${result.error.issues[0]?.message}.`)
}

/** Adds one key to the list. */
export function apiKey(key: string, before: readonly string[] = []): readonly string[] {
  if (key === '' || key.includes(',')) throw new InvalidArgumentError('A key must not be empty or contain a comma.')
  return [...before, key]
}

/** Adds one `NAME=SOURCE` to the list. */
export function namedSource(text: string, before: readonly NamedSource[] = []): readonly NamedSource[] {
  const end = text.indexOf('=')
  const [name, source] = [text.slice(0, end), text.slice(end + 1)]
  if (end < 1 || source === '')
    throw new InvalidArgumentError(
      'It must be NAME=SOURCE, e.g. amateur=path/to/model or amateur=grpc://127.0.0.1:7003.',
    )
  const result = extraModelNameSchema.safeParse(name)
  if (!result.success) throw new InvalidArgumentError(`The name ${result.error.issues[0]?.message}.`)
  if (before.some((model) => model.name === name)) throw new InvalidArgumentError(`"${name}" is given twice.`)
  return [...before, { name, source }]
}
