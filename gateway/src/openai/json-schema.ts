import { z } from 'zod'

/** Stands for `decoding`, whose schema is made of all strategies: the document has it once. */
export const decodingReference = { $ref: '#/components/schemas/Decoding' }

/** What a schema takes ("input") or gives ("output"), as JSON Schema, draft 2020-12, which OpenAPI 3.1 embeds. */
export function toJsonSchema(schema: z.ZodType, io: 'input' | 'output' = 'input'): Record<string, unknown> {
  const { $schema: _draft, ...found } = z.toJSONSchema(schema, {
    io,
    unrepresentable: 'any',
    override: dropRandomDefault,
  })
  return found
}

/** A seed's default is drawn anew for each request. */
function dropRandomDefault({
  jsonSchema,
  path,
}: {
  jsonSchema: { default?: unknown }
  path: (string | number)[]
}): void {
  if (path.at(-1) === 'seed') delete jsonSchema.default
}
