import type { Text } from './text.js'
import { TextError } from './tokenizer/text-error.js'

/**
 * Finds the ids of end tokens that a deployment configures in addition to those of the model.
 * @param tokens as tokenizer.json spells them, e.g. `<user>`
 * @throws TextError `invalid_tokenizer` that names the first one that is not a single token, and
 *   the alternative
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
    `TANDEM_END_TOKENS names ${JSON.stringify(token)}, which is not one token of the models: their tokenizer encodes it as ${count} tokens. ` +
      'Use the spelling of tokenizer.json; for other text use "stop" in requests.',
  )
}
