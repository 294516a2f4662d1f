import { parseValue } from '@tandem/process'
import { z } from 'zod'

/**
 * Parses the fields of a row, or of an object in it.
 * @param path the path of the object in the row
 * @throws Error that begins with the name of the wrong field: `prompt is 3: expected ...`
 */
export const parseFields = <T extends z.ZodType>(
  schema: T,
  value: unknown,
  path: readonly string[] = [],
): z.output<T> => parseValue(schema, value, { name: 'the row', path })

/** A conversation of at least one message. The gateway checks the rest of each message. */
export const messagesSchema = z.array(z.looseObject({ role: z.string() })).min(1, 'is empty: expected a message')
