import { readTokens } from '../read/tokens.js'

/** Returns the id of a token of a tokenizer.json, or null without it. */
export function findTokenId(bytes: Uint8Array, token: string): number | null {
  for (const [id, content] of readTokens(bytes)) if (content === token) return id
  return null
}

type Tokens = ReadonlyMap<number, string>

/**
 * Describes the first difference between the tokens of two tokenizers; null if every id has the
 * same token in both.
 * @param names the names of the two in the description
 */
export function compareTokens(first: Tokens, second: Tokens, names: readonly [a: string, b: string]): string | null {
  const ids = [...new Set([...first.keys(), ...second.keys()])].sort((x, y) => x - y)
  const id = ids.find((one) => first.get(one) !== second.get(one))
  if (id === undefined) return null
  const shown = (token: string | undefined) => (token === undefined ? 'no token' : `the token ${JSON.stringify(token)}`)
  return `id ${id} is ${shown(first.get(id))} in ${names[0]} and ${shown(second.get(id))} in ${names[1]}`
}
