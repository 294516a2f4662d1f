import { errorSchema } from '../openai/schemas/error.js'
import { namedSchemas } from '../openai/schemas/named-schemas.js'

const header = (description: string, type = 'string') => ({ description, schema: { type } })
const retryAfter = { 'retry-after': header('After so many seconds it may be tried again.', 'integer') }

interface ErrorResponse {
  /** Its key among the document's responses. */
  readonly name: string
  readonly description: string
  readonly headers?: Readonly<Record<string, object>>
}

/** What each status of an error means here, with its codes. */
export const errorResponses = {
  400: {
    name: 'BadRequest',
    description:
      'The request is wrong, and `param` names the field. Codes: `context_length_exceeded`, `array_above_max_length`, ' +
      '`unsupported_parameter`, `invalid_messages`, `no_chat_template`, or null.',
  },
  401: {
    name: 'Unauthorized',
    description: 'No API key, or one that is not known. Code: `invalid_api_key`.',
    headers: { 'www-authenticate': header('Bearer') },
  },
  404: { name: 'NotFound', description: 'There is no such model. Code: `model_not_found`.' },
  408: { name: 'TooSlow', description: 'The request did not come whole in time.' },
  413: { name: 'TooLarge', description: 'The body is larger than this server takes.' },
  415: { name: 'UnsupportedMediaType', description: 'The body is not application/json in UTF-8, or is compressed.' },
  429: {
    name: 'TooManyRequests',
    description: 'As many requests wait as may. Code: `too_many_requests`.',
    headers: retryAfter,
  },
  500: {
    name: 'Failed',
    description:
      'A fault of the server. Codes: `chat_template_failed`, `service_internal`, `service_refused`, or null.',
  },
  503: {
    name: 'Unavailable',
    description:
      'A service is away, has no room, or serves another model than before. Codes: `service_unavailable`, ' +
      '`service_exhausted`, `service_changed`.',
    headers: retryAfter,
  },
  504: {
    name: 'TimedOut',
    description: 'The request was not done within its time limit. Code: `service_deadline`.',
  },
} as const satisfies Record<number, ErrorResponse>

export type ErrorStatus = keyof typeof errorResponses

export const requestIdHeader = {
  'x-request-id': header("The request's own, or one made here; logs have it."),
}
const shouldRetryHeader = {
  'x-should-retry': header('"true" where the same request may succeed soon, else "false".'),
}

/** The document's shared responses. */
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
