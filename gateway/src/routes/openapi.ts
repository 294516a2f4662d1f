import { errorSchema } from '../openai/api-error.js'
import { decodingSchema } from '../openai/decoding.js'
import { toJsonSchema } from '../openai/json-schema.js'
import { version } from '../version.js'
import { type Operation, operations } from './operations.js'

/** The OpenAPI 3.1 document: paths from the list that the app serves, bodies from the schemas that parse them. */
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
      schemas: { Decoding: toJsonSchema(decodingSchema), Error: toJsonSchema(errorSchema, 'output') },
      responses: { Error: { description: 'An error', content: json({ $ref: '#/components/schemas/Error' }) } },
    },
  }
}

function describe(
  operationId: string,
  { path, summary, isOpen, body, answer, isStreamed, errors, responses }: Operation,
): object {
  const parameters = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }))
  const success = answer ? toJsonSchema(answer, 'output') : { type: 'object' }
  const stream = isStreamed ? { 'text/event-stream': { schema: { type: 'string' } } } : {}
  const statuses = isOpen ? errors : [401, ...errors]
  return {
    operationId,
    summary,
    ...(isOpen ? { security: [] } : {}),
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(body ? { requestBody: { required: true, content: json(toJsonSchema(body)) } } : {}),
    responses: {
      200: { description: 'The answer', content: { ...json(success), ...stream } },
      ...Object.fromEntries(statuses.map((status) => [status, { $ref: '#/components/responses/Error' }])),
      ...responses,
    },
  }
}

const json = (schema: object) => ({ 'application/json': { schema } })
