import { z } from 'zod'
import { shorten, showValue } from './show-value.js'

/**
 * Zod's error map in words for people, to go on from the field's name: "is 3: expected a number from 0 to 2".
 * Undefined, which leaves zod's own words, of kinds of schemas whose fields have messages of their own.
 */
export function wordIssue(issue: z.core.$ZodRawIssue): string | undefined {
  if (issue.code === 'unrecognized_keys') return wordUnknownKeys(issue.keys, issue.inst)
  const expected = expectationOf(issue)
  return expected === undefined ? undefined : `is ${showValue(issue.input)}: ${expected}`
}

/** "expected a number from 0 to 2": all that the schema takes, whichever of its rules was broken. */
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

/** An issue's message after the name of the field: those that go on from it begin with a verb. */
export const joinIssue = (name: string, message: string): string =>
  /^(is|has|must|names) /.test(message) ? `${name} ${message}` : `${name}: ${message}`

function wordUnknownKeys(keys: readonly string[], owner: unknown): string {
  const known = owner instanceof z.ZodObject ? `; expected one of: ${Object.keys(owner.shape).join(', ')}` : ''
  return `has no key "${shorten(keys[0] ?? '')}"${known}`
}

/** Bounds that all integers have are none, unless they are all that there is. */
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
