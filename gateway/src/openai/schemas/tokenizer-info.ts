import { z } from 'zod'
import { namedSchemas } from './named-schemas.js'

/** The answer to GET /tokenizer_info, which is vLLM's. */
export const tokenizerInfoSchema = z
  .looseObject({
    tokenizer_class: z.string().describe('The class of the tokenizer in transformers.'),
    bos_token: z.string().nullable().describe('The token that begins a text. Null if there is none.'),
    eos_token: z.string().nullable().describe('The token that ends a text. Null if there is none.'),
    chat_template: z.string().nullable().describe('The chat template. Null if there is none.'),
  })
  .describe('The content of tokenizer_config.json, with each token as its text, and the chat template.')
  .register(namedSchemas, { id: 'TokenizerInfo' })
