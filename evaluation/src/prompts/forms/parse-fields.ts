import { describeIssue, joinIssue } from '@tandem/process'
import { z } from 'zod'

/**
 * Parses the fields of a row.
 * @throws Error that begins with the name of the wrong field: `prompt is 3: expected ...`
 */
export function parseFields<T extends z.ZodType>(schema: T, value: unknown): z.output<T> {
  const result = schema.safeParse(value, { error: (issue) => describeIssue(issue) })
  if (result.success) return result.data
  const issue = result.error.issues[0]
  const name = issue?.path.join('.') ?? ''
  throw new Error(joinIssue(name === '' ? 'the row' : name, issue?.message ?? 'is wrong'))
}

/** A conversation of at least one message. The gateway checks the rest of each message. */
export const messagesSchema = z.array(z.looseObject({ role: z.string() })).min(1, 'is empty: expected a message')
