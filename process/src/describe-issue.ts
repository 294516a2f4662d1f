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
  const own = owner instanceof z.ZodType ? expectations.get(owner) : undefined
  if (own) return `expected ${own.expected}`
  if (owner instanceof z.ZodNumber) return `expected ${owner.isInt ? 'an integer' : 'a number'}${rangeOf(owner)}`
  if (owner instanceof z.ZodString) return `expected a string${lengthOf(owner)}`
  if (owner instanceof z.ZodArray)
    return issue.code === 'too_big' ? `expected a list of at most ${issue.maximum}` : 'expected a list'
  if (owner instanceof z.ZodBoolean) return 'expected true or false'
  if (owner instanceof z.ZodObject || owner instanceof z.ZodRecord) return 'expected an object'
  if (owner instanceof z.ZodEnum) return `expected one of ${owner.options.map(showValue).join(', ')}`
  if (owner instanceof z.ZodLiteral) return `expected ${[...owner.values].map(showValue).join(' or ')}`
  return undefined
}

/**
 * Joins the name of a field and a message. A message that begins with a verb follows the name
 * directly.
 */
export const joinIssue = (name: string, message: string): string =>
  /^(is|has|must|names) /.test(message) ? `${name} ${message}` : `${name}: ${message}`

function describeUnknownKeys(keys: readonly string[], owner: unknown): string {
  const known = owner instanceof z.ZodObject ? `; expected one of: ${Object.keys(owner.shape).join(', ')}` : ''
  return `has no key "${shorten(keys[0] ?? '')}"${known}`
}

/**
 * Describes the bounds of a number. Bounds that all safe integers have are shown only if there are
 * no others.
 */
function rangeOf(schema: z.ZodNumber): string {
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
