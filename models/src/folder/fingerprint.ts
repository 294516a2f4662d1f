import { z } from 'zod'
import { parseJsonObject } from '../read/json-file.js'
import { sha256 } from './hash.js'

const tokenizerSchema = z.looseObject({
  model: z.looseObject({
    vocab: z.union([z.record(z.string(), z.int()), z.array(z.tuple([z.string(), z.number()]))]),
  }),
  added_tokens: z.array(z.looseObject({ id: z.int(), content: z.string() })).nullish(),
})

/**
 * Returns the SHA-256 of the token -> id map of a tokenizer.json, including added tokens: the lines
 * `id\ttoken-as-JSON`, sorted by id. Two tokenizers with equal fingerprints have the same ids.
 * @throws Error if the file is not a tokenizer.json
 */
export function tokenizerFingerprint(bytes: Uint8Array): string {
  const result = tokenizerSchema.safeParse(parseJsonObject(bytes, 'tokenizer.json'))
  if (!result.success) throw new Error(`tokenizer.json cannot be used. ${z.prettifyError(result.error)}`)
  const { model, added_tokens } = result.data
  const tokens = new Map<number, string>()
  if (Array.isArray(model.vocab)) model.vocab.forEach(([token], id) => void tokens.set(id, token))
  else for (const [token, id] of Object.entries(model.vocab)) tokens.set(id, token)
  for (const { id, content } of added_tokens ?? []) tokens.set(id, content)
  const lines = [...tokens].sort(([a], [b]) => a - b).map(([id, token]) => `${id}\t${JSON.stringify(token)}\n`)
  return sha256(lines.join(''))
}
