import { z } from 'zod'
import { type Described, namedSchemas } from './named-schemas.js'

export const modelSchema = z
  .object({
    id: z.string().describe("The pair's name, or the pair's and a strategy's with a slash between."),
    object: z.literal('model'),
    created: z.int().describe('When the gateway started, in seconds since 1970.'),
    owned_by: z.literal('tandem'),
    root: z.string().describe("The pair's name."),
    parent: z.null(),
    max_model_len: z.int().describe('Most tokens of a prompt and its answer.'),
  })
  .describe('A name that requests can give as `model`.')
  .register(namedSchemas, { id: 'Model' })

export type Model = Described<typeof modelSchema>

export const modelListSchema = z
  .object({ object: z.literal('list'), data: z.array(modelSchema) })
  .register(namedSchemas, { id: 'ModelList' })

export type ModelList = Described<typeof modelListSchema>
