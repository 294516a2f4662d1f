import type { z } from 'zod'
import { maxSeed, minSeed, seedFormat } from '../decode/strategies/random.js'
import { writeJson } from '../openai/json/write-json.js'
import { decodingSchema } from '../openai/request/decoding.js'
import { errorSchema } from '../openai/schemas/error.js'
import { answerSchemas, toJsonSchema } from '../openai/schemas/json-schema.js'
import { namedSchemas } from '../openai/schemas/named-schemas.js'
import { version } from '../version.js'
import { describeErrors, errorResponses, requestIdHeader } from './error-responses.js'
import { type Operation, operations } from './operations.js'

/**
 * Creates the OpenAPI 3.1 document. Its paths come from the table that the app serves, its bodies
 * from the schemas that parse requests and type answers.
 */
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
      securitySchemes: { key: { type: 'http', scheme: 'bearer', description: 'Required if the server has API keys.' } },
      schemas: { Decoding: toJsonSchema(decodingSchema), ...answerSchemas() },
      responses: describeErrors(),
    },
  }
}

/** Writes the document. The limits of a seed are not numbers of JavaScript. */
export const writeOpenApi = (): string => writeJson(addSeedLimits(createOpenApi()))

function addSeedLimits(schema: object): object {
  const entries = Object.entries(schema).map(([key, value]: [string, unknown]) => [
    key,
    typeof value === 'object' && value !== null ? addSeedLimits(value) : value,
  ])
  if (Array.isArray(schema)) return entries.map(([, value]) => value)
  const isSeed = 'format' in schema && schema.format === seedFormat
  return { ...Object.fromEntries(entries), ...(isSeed ? { minimum: minSeed, maximum: maxSeed } : {}) }
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
    200: respond('OK', answer, event ? describeStream(event) : {}),
    ...(notReady === undefined ? {} : { 503: respond('Not ready', notReady) }),
    ...Object.fromEntries(
      statuses.map((status) => [status, { $ref: `#/components/responses/${errorResponses[status].name}` }]),
    ),
  }
}

/**
 * Describes one event of a stream, as OpenAI's document does. OpenAPI 3.1 cannot describe events:
 * by its rules the schema would describe the whole stream.
 */
function describeStream(event: z.ZodType): object {
  const description =
    'Server-sent events, if `stream` is true. The `data` of each event is JSON of this schema. The last event is `data: [DONE]`. ' +
    'An answer that fails sends an error before it.'
  return { 'text/event-stream': { schema: { description, anyOf: [toAnswer(event), toAnswer(errorSchema)] } } }
}

function toAnswer(schema: z.ZodType): object {
  const name = namedSchemas.get(schema)?.id
  return name === undefined ? toJsonSchema(schema, 'output') : { $ref: `#/components/schemas/${name}` }
}

const json = (schema: object, example?: object) => ({ 'application/json': { schema, ...(example ? { example } : {}) } })
