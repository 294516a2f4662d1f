import type { Text } from './types.js'

/**
 * The first difference between the maps of token to id of two tokenizers, in words; null where they are equal.
 * Ids past the end of the shorter one count as a difference only where the longer one names them.
 */
export function compareTokenizers(a: Text, b: Text): string | null {
  const size = Math.max(a.vocabularySize, b.vocabularySize)
  for (let id = 0; id < size; id++) {
    const first = a.tokenName(id)
    const second = b.tokenName(id)
    if (first === second) continue
    return `id ${id} is ${describe(first)} in the first tokenizer and ${describe(second)} in the second`
  }
  return null
}

function describe(token: string | undefined): string {
  return token === undefined ? 'no token' : `the token ${JSON.stringify(token)}`
}
