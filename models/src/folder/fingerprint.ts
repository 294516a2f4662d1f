import { readTokens } from '../read/tokens.js'
import { sha256 } from './hash.js'

/**
 * Returns the SHA-256 of the token -> id map of a tokenizer.json, including added tokens: the lines
 * `id\ttoken-as-JSON`, sorted by id. Two tokenizers with equal fingerprints have the same ids.
 * @throws Error if the file is not a tokenizer.json
 */
export function tokenizerFingerprint(bytes: Uint8Array): string {
  const lines = [...readTokens(bytes)]
    .sort(([a], [b]) => a - b)
    .map(([id, token]) => `${id}\t${JSON.stringify(token)}\n`)
  return sha256(lines.join(''))
}
