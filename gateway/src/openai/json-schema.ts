import { z } from 'zod'
import { namedSchemas } from './schemas/named-schemas.js'

/** Stands for `decoding`, whose schema is made of all strategies: the document has it once. */
export const decodingReference = { $ref: '#/components/schemas/Decoding' }

/** What a schema takes ("input") or gives ("output"), as JSON Schema, draft 2020-12, which OpenAPI 3.1 embeds. */
export function toJsonSchema(schema: z.ZodType, io: 'input' | 'output' = 'input'): Record<string, unknown> {
  const { $schema: _draft, ...found } = z.toJSONSchema(schema, {
    io,
    unrepresentable: 'any',
    override: tellDefault,
  })
  return found
}

/** The schemas of answers by name, which refer to each other by the document's place for them. */
export function nameAnswers(): Record<string, object> {
  const { schemas } = z.toJSONSchema(namedSchemas, {
    io: 'output',
    unrepresentable: 'any',
    uri: (id) => `#/components/schemas/${id}`,
  })
  return Object.fromEntries(
    Object.entries(schemas).map(([name, { $schema: _draft, $id: _id, ...schema }]) => [name, schema]),
  )
}

/** A transform hides the default in a schema's meta from JSON Schema. A seed's is drawn anew for each request. */
function tellDefault({
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
