import { z } from 'zod'
import { namedSchemas } from './named-schemas.js'

/**
 * A reference to the schema of `decoding`, which is built from all strategies: the document
 * contains it once.
 */
export const decodingReference = { $ref: '#/components/schemas/Decoding' }

/**
 * Converts the input or output of a schema to JSON Schema, draft 2020-12, which OpenAPI 3.1 embeds.
 */
export function toJsonSchema(schema: z.ZodType, io: 'input' | 'output' = 'input'): Record<string, unknown> {
  const { $schema: _draft, ...found } = z.toJSONSchema(schema, {
    io,
    unrepresentable: 'any',
    override: addDefault,
  })
  return found
}

/**
 * Returns the schemas of answers by name, with references to their places in the OpenAPI document.
 */
export function answerSchemas(): Record<string, object> {
  const { schemas } = z.toJSONSchema(namedSchemas, {
    io: 'output',
    unrepresentable: 'any',
    uri: (id) => `#/components/schemas/${id}`,
  })
  return Object.fromEntries(
    Object.entries(schemas).map(([name, { $schema: _draft, $id: _id, ...schema }]) => [name, schema]),
  )
}

/**
 * Adds the default from a schema's meta, which a transform hides from JSON Schema. A seed has no
 * fixed default.
 */
function addDefault({
  zodSchema,
  jsonSchema,
  path,
}: {
  zodSchema: z.core.$ZodType
  jsonSchema: { default?: unknown }
  path: (string | number)[]
}): void {
  const byDefault = z.globalRegistry.get(zodSchema)?.default
  if (byDefault !== undefined) jsonSchema.default = byDefault
  if (path.at(-1) === 'seed') delete jsonSchema.default
}
