import { errorSchema } from '../openai/schemas/error.js'
import { namedSchemas } from '../openai/schemas/named-schemas.js'

const header = (description: string, type = 'string') => ({ description, schema: { type } })
const retryAfter = { 'retry-after': header('The number of seconds to wait before a retry.', 'integer') }

interface ErrorResponse {
  /** The name of the response in the OpenAPI document. */
  readonly name: string
  readonly description: string
  readonly headers?: Readonly<Record<string, object>>
}

/** The meaning of each error status, with its codes. */
export const errorResponses = {
  400: {
    name: 'BadRequest',
    description:
      'The request is invalid. `param` names the field. Codes: `context_length_exceeded`, `array_above_max_length`, ' +
      '`unsupported_parameter`, `invalid_messages`, `no_chat_template`, `tokens_per_minute_exceeded`, or null.',
  },
  401: {
    name: 'Unauthorized',
    description: 'The API key is missing or invalid. Code: `invalid_api_key`.',
    headers: { 'www-authenticate': header('Bearer') },
  },
  404: { name: 'NotFound', description: 'The model does not exist. Code: `model_not_found`.' },
  408: { name: 'TooSlow', description: 'The client did not send the whole request in time.' },
  413: { name: 'TooLarge', description: 'The body is larger than the limit of this server.' },
  415: { name: 'UnsupportedMediaType', description: 'The body is not application/json in UTF-8, or it is compressed.' },
  429: {
    name: 'TooManyRequests',
    description:
      'The queue of waiting requests is full (code `too_many_requests`), or the API key has reached one of its limits ' +
      '(code `rate_limit_exceeded`). Retry later.',
    headers: retryAfter,
  },
  500: {
    name: 'Failed',
    description:
      'Internal error of the server. Codes: `chat_template_failed`, `service_internal`, `service_refused`, or null.',
  },
  503: {
    name: 'Unavailable',
    description:
      'The gateway is stopping, or a service is unavailable, has no capacity, or now serves a different model. ' +
      'Codes: `service_unavailable`, ' +
      '`service_exhausted`, `service_changed`.',
    headers: retryAfter,
  },
  504: {
    name: 'TimedOut',
    description: 'The request exceeded its time limit. Code: `service_deadline`.',
  },
} as const satisfies Record<number, ErrorResponse>

/** A status of an error answer. */
export type ErrorStatus = keyof typeof errorResponses

/** The header that every answer has. */
export const requestIdHeader = {
  'x-request-id': header(
    'The id of the request: the one that the client sent, or a generated one. The log contains it.',
  ),
}
const shouldRetryHeader = {
  'x-should-retry': header('"true" if a retry of the same request may succeed soon, otherwise "false".'),
}

/** Describes the error responses that all operations of the document share. */
export function describeErrors(): Record<string, object> {
  const schema = { $ref: `#/components/schemas/${namedSchemas.get(errorSchema)?.id}` }
  const describe = ({ name, description, headers = {} }: ErrorResponse) => [
    name,
    {
      description,
      headers: { ...requestIdHeader, ...shouldRetryHeader, ...headers },
      content: { 'application/json': { schema } },
    },
  ]
  return Object.fromEntries(Object.values(errorResponses).map(describe))
}
