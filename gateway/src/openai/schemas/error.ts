import { z } from 'zod'
import { type Described, namedSchemas } from './named-schemas.js'

export const errorSchema = z
  .object({
    error: z.object({
      message: z.string().describe('What was found, what was expected and what to do.'),
      type: z
        .enum(['invalid_request_error', 'authentication_error', 'rate_limit_error', 'server_error'])
        .describe('The kind of error.'),
      param: z.string().nullable().describe("The request's field at fault."),
      code: z.string().nullable().describe('What programs can tell errors of one status apart by.'),
    }),
  })
  .describe('The body of every error, and the last event of a stream that breaks off.')
  .register(namedSchemas, { id: 'Error' })

export type ErrorBody = Described<typeof errorSchema>
export type ErrorType = ErrorBody['error']['type']
