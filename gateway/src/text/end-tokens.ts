import { type Text, TextError } from './types.js'

/**
 * The ids of tokens that a deployment wants answers to end at, as an end token of the model ends them.
 * @param tokens as tokenizer.json spells them, e.g. `<user>`
 * @throws TextError `invalid_tokenizer` naming the first that is no single token, and what to use instead
 */
export function findEndTokenIds(text: Text, tokens: readonly string[]): number[] {
  const wanted = new Map<string, number | null>(tokens.map((token) => [token, null]))
  for (let id = 0; id < text.vocabularySize; id++) {
    const name = text.tokenName(id)
    if (name !== undefined && wanted.has(name)) wanted.set(name, id)
  }
  return [...wanted].map(([token, id]) => id ?? refuse(text, token))
}

function refuse(text: Text, token: string): never {
  const count = text.encodePlain(token).length
  throw new TextError(
    'invalid_tokenizer',
    `TANDEM_END_TOKENS names ${JSON.stringify(token)}, which is no token of the models: their tokenizer takes ${count} for it. ` +
      'Name a token as tokenizer.json spells it; for other text use "stop" in requests.',
  )
}
