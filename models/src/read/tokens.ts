import { z } from 'zod'
import { parseTokenizerFile } from '../parse-file.js'
import { parseJsonObject } from './json-file.js'

const tokenizerSchema = z.looseObject({
  model: z.looseObject({
    vocab: z.union([z.record(z.string(), z.int()), z.array(z.tuple([z.string(), z.number()]))]),
  }),
  added_tokens: z.array(z.looseObject({ id: z.int(), content: z.string() })).nullish(),
})

/**
 * Reads the tokens of a tokenizer.json by id, including added tokens.
 * @throws Error if the file is not a tokenizer.json
 */
export function readTokens(bytes: Uint8Array): Map<number, string> {
  const file = parseJsonObject(bytes, 'tokenizer.json')
  const { model, added_tokens } = parseTokenizerFile(tokenizerSchema, file, 'tokenizer.json')
  const tokens = new Map<number, string>()
  if (Array.isArray(model.vocab)) model.vocab.forEach(([token], id) => void tokens.set(id, token))
  else for (const [token, id] of Object.entries(model.vocab)) tokens.set(id, token)
  for (const { id, content } of added_tokens ?? []) tokens.set(id, content)
  return tokens
}
