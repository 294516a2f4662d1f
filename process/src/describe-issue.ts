import { z } from 'zod'
import { shorten, showValue } from './show-value.js'

/**
 * Zod's error map: messages that follow the name of a field, such as "is 3: expected a number from
 * 0 to 2". Returns undefined, which keeps zod's own message, for kinds of schemas whose fields have
 * their own messages.
 * @param found the value that was found, as the message shows it
 */
export function describeIssue(issue: z.core.$ZodRawIssue, found = showValue(issue.input)): string | undefined {
  if (issue.code === 'unrecognized_keys') return describeUnknownKeys(issue.keys, issue.inst)
  const expected = expectationOf(issue)
  return expected === undefined ? undefined : `is ${found}: ${expected}`
}

/** What schemas with a check of their own accept: "an integer from 0 to 5". */
export const expectations = z.registry<{ readonly expected: string }>()

/**
 * Describes all that a schema accepts, such as "expected a number from 0 to 2", whichever rule was
 * violated.
 */
export function expectationOf(issue: z.core.$ZodRawIssue): string | undefined {
  const owner = issue.schema ?? issue.inst
  if (owner instanceof z.ZodArray && issue.code === 'too_big') return `expected a list of at most ${issue.maximum}`
  const accepted = acceptedBy(owner)
  return accepted === undefined ? undefined : `expected ${accepted}`
}

function acceptedBy(schema: unknown): string | undefined {
  const own = schema instanceof z.ZodType ? expectations.get(schema) : undefined
  if (own) return own.expected
  if (schema instanceof z.ZodNumber) return `${schema.isInt ? 'an integer' : 'a number'}${rangeOf(schema)}`
  if (schema instanceof z.ZodString) return `a string${lengthOf(schema)}`
  if (schema instanceof z.ZodArray) return 'a list'
  if (schema instanceof z.ZodTuple) return `a list of ${schema.def.items.length}`
  if (schema instanceof z.ZodBoolean) return 'true or false'
  if (schema instanceof z.ZodObject || schema instanceof z.ZodRecord) return 'an object'
  if (schema instanceof z.ZodEnum) return `one of ${schema.options.map(showValue).join(', ')}`
  if (schema instanceof z.ZodLiteral) return [...schema.values].map(showValue).join(' or ')
  // The key that tells the forms of a discriminated union apart has a message of its own.
  if (schema instanceof z.ZodUnion && !(schema instanceof z.ZodDiscriminatedUnion)) return acceptedByAny(schema.options)
  return undefined
}

function acceptedByAny(schemas: readonly unknown[]): string | undefined {
  const accepted = schemas.map(acceptedBy)
  return accepted.includes(undefined) ? undefined : [...new Set(accepted)].join(' or ')
}

/**
 * Joins the name of a field and a message. A message that begins with a verb follows the name
 * directly.
 */
export const joinIssue = (name: string, message: string): string =>
  /^(is|has|must|names) /.test(message) ? `${name} ${message}` : `${name}: ${message}`

function describeUnknownKeys(keys: readonly string[], owner: unknown): string {
  const known = owner instanceof z.ZodObject ? `; expected one of: ${Object.keys(owner.shape).join(', ')}` : ''
  return `has no key ${JSON.stringify(shorten(keys[0] ?? ''))}${known}`
}

/** Ranges that were described. A file may have many wrong numbers of one kind. */
const ranges = new WeakMap<z.ZodNumber, string>()

function rangeOf(schema: z.ZodNumber): string {
  const known = ranges.get(schema) ?? describeRange(schema)
  ranges.set(schema, known)
  return known
}

/**
 * Describes the bounds of a number. Bounds that all safe integers have are shown only if there are
 * no others.
 */
function describeRange(schema: z.ZodNumber): string {
  const { isInt } = schema
  const { minimum, maximum, exclusiveMinimum: above, exclusiveMaximum: below } = z.toJSONSchema(schema, { io: 'input' })
  const isBound = (value: number | undefined) => value !== undefined && !(isInt && Math.abs(value) === maxInteger)
  const min = isBound(minimum) ? minimum : undefined
  const max = isBound(maximum) ? maximum : undefined
  if (min !== undefined && max !== undefined) return ` from ${min} to ${max}`
  const parts = [
    ...(above === undefined ? [] : [`above ${above}`]),
    ...(min === undefined ? [] : [`of at least ${min}`]),
    ...(below === undefined ? [] : [`below ${below}`]),
    ...(max === undefined ? [] : [above === undefined ? `of at most ${max}` : `up to ${max}`]),
  ]
  if (parts.length > 0) return ` ${parts.join(', ')}`
  return isInt ? ` from ${-maxInteger} to ${maxInteger}` : ''
}

const maxInteger = Number.MAX_SAFE_INTEGER

function lengthOf({ minLength: min, maxLength: max }: z.ZodString): string {
  if (max === null) return min === null ? '' : ` of ${min} or more characters`
  return min === null ? ` of at most ${max} characters` : ` of ${min} to ${max} characters`
}
