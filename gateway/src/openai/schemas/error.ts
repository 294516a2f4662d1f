import { z } from 'zod'
import { type Described, namedSchemas } from './named-schemas.js'

/** The body of an error. */
export const errorSchema = z
  .object({
    error: z.object({
      message: z.string().describe('A human-readable message: what was found, what was expected and what to do.'),
      type: z
        .enum(['invalid_request_error', 'authentication_error', 'rate_limit_error', 'server_error'])
        .describe('The type of the error.'),
      param: z.string().nullable().describe('The field of the request that caused the error.'),
      code: z.string().nullable().describe('A machine-readable code that distinguishes errors of the same status.'),
    }),
  })
  .describe('The body of every error. A stream that fails sends it as its last event before `[DONE]`.')
  .register(namedSchemas, { id: 'Error' })

export type ErrorBody = Described<typeof errorSchema>
/** The types of errors. */
export type ErrorType = ErrorBody['error']['type']
