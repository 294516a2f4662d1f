import { z } from 'zod'
import { shorten, showValue } from './show-value.js'

/**
 * A zod error map. Messages continue the name of the field: "is 3: expected a number from 0 to 2".
 * @returns undefined for schemas that have messages of their own, which keeps those messages
 */
export function describeIssue(issue: z.core.$ZodRawIssue): string | undefined {
  if (issue.code === 'unrecognized_keys') return describeUnknownKeys(issue.keys, issue.inst)
  const expected = expectationOf(issue)
  return expected === undefined ? undefined : `is ${showValue(issue.input)}: ${expected}`
}

/** Describes everything that the schema accepts, whichever rule was broken: "expected a number from 0 to 2". */
export function expectationOf(issue: z.core.$ZodRawIssue): string | undefined {
  const owner = issue.schema ?? issue.inst
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

/** Joins a field's name and an issue's message. Messages that begin with a verb continue the name; others follow a colon. */
export const joinIssue = (name: string, message: string): string =>
  /^(is|has|must|names) /.test(message) ? `${name} ${message}` : `${name}: ${message}`

function describeUnknownKeys(keys: readonly string[], owner: unknown): string {
  const known = owner instanceof z.ZodObject ? `; it has: ${Object.keys(owner.shape).join(', ')}` : ''
  return `has no key "${shorten(keys[0] ?? '')}"${known}`
}

/** Leaves out the bounds that every safe integer has, unless the schema has no others. */
function rangeOf(schema: z.ZodNumber): string {
  const { isInt } = schema
  const { minimum, maximum, exclusiveMinimum: above, exclusiveMaximum: below } = z.toJSONSchema(schema, { io: 'input' })
  const isBound = (value: number | undefined) => value !== undefined && !(isInt && Math.abs(value) === maxInteger)
  const least = isBound(minimum) ? minimum : undefined
  const most = isBound(maximum) ? maximum : undefined
  if (least !== undefined && most !== undefined) return ` from ${least} to ${most}`
  const parts = [
    ...(above === undefined ? [] : [`above ${above}`]),
    ...(least === undefined ? [] : [`of at least ${least}`]),
    ...(below === undefined ? [] : [`below ${below}`]),
    ...(most === undefined ? [] : [above === undefined ? `of at most ${most}` : `up to ${most}`]),
  ]
  if (parts.length > 0) return ` ${parts.join(', ')}`
  return isInt ? ` from ${-maxInteger} to ${maxInteger}` : ''
}

const maxInteger = Number.MAX_SAFE_INTEGER

function lengthOf({ minLength: least, maxLength: most }: z.ZodString): string {
  if (most === null) return least === null ? '' : ` of ${least} or more characters`
  return least === null ? ` of at most ${most} characters` : ` of ${least} to ${most} characters`
}
