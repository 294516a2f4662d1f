import { z } from 'zod'
import { type Described, namedSchemas } from './named-schemas.js'

/** The answer to GET /v1/models/{id}. */
export const modelSchema = z
  .object({
    id: z.string().describe('The name of the pair, or PAIR/STRATEGY.'),
    object: z.literal('model'),
    created: z.int().describe('The Unix time, in seconds, at which the gateway started.'),
    owned_by: z.literal('tandem'),
    root: z.string().describe('The name of the pair.'),
    parent: z.null(),
    max_model_len: z.int().describe('The maximum number of tokens of a prompt and its answer.'),
  })
  .describe('A model name that requests can use.')
  .register(namedSchemas, { id: 'Model' })

export type Model = Described<typeof modelSchema>

/** The answer to GET /v1/models. */
export const modelListSchema = z
  .object({ object: z.literal('list'), data: z.array(modelSchema) })
  .register(namedSchemas, { id: 'ModelList' })

export type ModelList = Described<typeof modelListSchema>
