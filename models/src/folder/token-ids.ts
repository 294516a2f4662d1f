import { z } from 'zod'
import { parseJsonObject } from '../read/json-file.js'

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
  const result = tokenizerSchema.safeParse(parseJsonObject(bytes, 'tokenizer.json'))
  if (!result.success) throw new Error(`tokenizer.json cannot be used. ${z.prettifyError(result.error)}`)
  const { model, added_tokens } = result.data
  const tokens = new Map<number, string>()
  if (Array.isArray(model.vocab)) model.vocab.forEach(([token], id) => void tokens.set(id, token))
  else for (const [token, id] of Object.entries(model.vocab)) tokens.set(id, token)
  for (const { id, content } of added_tokens ?? []) tokens.set(id, content)
  return tokens
}

/** Returns the id of a token of a tokenizer.json, or null without it. */
export function findTokenId(bytes: Uint8Array, token: string): number | null {
  for (const [id, content] of readTokens(bytes)) if (content === token) return id
  return null
}

/**
 * Describes the first difference between the tokens of two tokenizer.json; null if every id has
 * the same token in both.
 * @param names the names of the two in the description
 */
export function compareTokens(a: Uint8Array, b: Uint8Array, names: readonly [a: string, b: string]): string | null {
  const [first, second] = [readTokens(a), readTokens(b)]
  const ids = [...new Set([...first.keys(), ...second.keys()])].sort((x, y) => x - y)
  const id = ids.find((one) => first.get(one) !== second.get(one))
  if (id === undefined) return null
  const shown = (token: string | undefined) => (token === undefined ? 'no token' : `the token ${JSON.stringify(token)}`)
  return `id ${id} is ${shown(first.get(id))} in ${names[0]} and ${shown(second.get(id))} in ${names[1]}`
}
