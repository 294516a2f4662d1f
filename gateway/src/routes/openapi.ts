import type { z } from 'zod'
import { decodingSchema } from '../openai/decoding.js'
import { nameAnswers, toJsonSchema } from '../openai/json-schema.js'
import { errorSchema } from '../openai/schemas/error.js'
import { namedSchemas } from '../openai/schemas/named-schemas.js'
import { version } from '../version.js'
import { describeErrors, errorResponses, requestIdHeader } from './error-responses.js'
import { type Operation, operations } from './operations.js'

/** The OpenAPI 3.1 document: paths from the list that the app serves, bodies from the schemas that parse or type them. */
export function createOpenApi(): object {
  const paths: Record<string, Record<string, object>> = {}
  for (const [id, operation] of Object.entries<Operation>(operations))
    paths[operation.path] = { ...paths[operation.path], [operation.method.toLowerCase()]: describe(id, operation) }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Tandem',
      version,
      summary: 'Alignment-aware decoding over an OpenAI-compatible API',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    security: [{ key: [] }],
    paths,
    components: {
      securitySchemes: { key: { type: 'http', scheme: 'bearer', description: 'Asked for where the server has keys.' } },
      schemas: { Decoding: toJsonSchema(decodingSchema), ...nameAnswers() },
      responses: describeErrors(),
    },
  }
}

function describe(operationId: string, operation: Operation): object {
  const { path, summary, isOpen, body, example } = operation
  const parameters = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }))
  return {
    operationId,
    summary,
    ...(isOpen ? { security: [] } : {}),
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(body ? { requestBody: { required: true, content: json(toJsonSchema(body), example) } } : {}),
    responses: describeResponses(operation),
  }
}

function describeResponses({ isOpen, answer, event, errors, notReady }: Operation): object {
  const respond = (description: string, schema: z.ZodType | null, more: object = {}) => ({
    description,
    headers: requestIdHeader,
    ...(schema ? { content: { ...json(toAnswer(schema)), ...more } } : {}),
  })
  const statuses = isOpen ? errors : ([401, ...errors] as const)
  return {
    200: respond('The answer', answer, event ? describeStream(event) : {}),
    ...(notReady === undefined ? {} : { 503: respond('Not ready', notReady) }),
    ...Object.fromEntries(
      statuses.map((status) => [status, { $ref: `#/components/responses/${errorResponses[status].name}` }]),
    ),
  }
}

/** By OpenAPI 3.1, which has no word for events, the schema would be that of the whole stream; here, as in OpenAI's document, it is an event's. */
function describeStream(event: z.ZodType): object {
  const description =
    'Where `stream` is true: server-sent events, of which each has this as JSON in its `data`. The last is `data: [DONE]`. ' +
    'An answer that breaks off sends an error before it.'
  return { 'text/event-stream': { schema: { description, anyOf: [toAnswer(event), toAnswer(errorSchema)] } } }
}

function toAnswer(schema: z.ZodType): object {
  const name = namedSchemas.get(schema)?.id
  return name === undefined ? toJsonSchema(schema, 'output') : { $ref: `#/components/schemas/${name}` }
}

const json = (schema: object, example?: object) => ({ 'application/json': { schema, ...(example ? { example } : {}) } })
