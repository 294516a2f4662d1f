import type { Text } from './text.js'

/**
 * Describes the first difference between the token-to-id maps of two tokenizers; null if they are
 * equal. Ids past the end of the shorter one count as a difference only if the longer one has a
 * token for them.
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
