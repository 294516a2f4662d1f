import type { z } from 'zod'
import { describeIssue, joinIssue } from './describe-issue.js'
import { shorten } from './show-value.js'

/** How messages name a value that is parsed. */
export interface ParseOptions {
  /** The name of the value, for faults that concern all of it. */
  readonly name: string
  /** The path of the value in what holds it: the names of wrong keys begin with it. */
  readonly path?: readonly PropertyKey[]
  /** Makes the error of a line such as `a.b is 3: expected a string; c is 5: expected a list`. */
  readonly toError?: (faults: string) => Error
}

/** Maximum number of faults in a message. */
const maxShown = 3

/**
 * Parses a value that other programs or people wrote.
 * @throws Error of `toError` with what was found and what was expected
 */
export function parseValue<T extends z.ZodType>(schema: T, value: unknown, options: ParseOptions): z.output<T> {
  const result = schema.safeParse(value, { error: (issue) => describeIssue(issue) })
  if (result.success) return result.data
  const { name, path = [], toError = (faults) => new Error(faults) } = options
  const faults = result.error.issues.flatMap(toFaults)
  const shown = faults
    .slice(0, maxShown)
    .map((fault) => joinIssue(showPath([...path, ...fault.path]) || name, fault.message))
  const more = faults.length > maxShown ? `; and ${faults.length - maxShown} more` : ''
  throw toError(shown.join('; ') + more)
}

type Fault = Pick<z.core.$ZodIssue, 'path' | 'message'>

/**
 * Returns the faults of an issue. If a value is of the type of one form of a union, and only parts
 * of it are wrong, these parts are named: that says more than a list of the forms.
 */
function toFaults(issue: z.core.$ZodIssue): readonly Fault[] {
  if (issue.code !== 'invalid_union') return [issue]
  const near = issue.errors.filter((form) => form.every(({ path }) => path.length > 0))
  const [nearest] = near.sort((a, b) => a.length - b.length)
  if (!nearest) return [issue]
  return nearest.flatMap(toFaults).map(({ path, message }) => ({ path: [...issue.path, ...path], message }))
}

/** Keys may be long and have line breaks, as `JSON.stringify` escapes them. */
const showPath = (path: readonly PropertyKey[]): string =>
  shorten(path.map((key) => JSON.stringify(String(key)).slice(1, -1)).join('.'))
