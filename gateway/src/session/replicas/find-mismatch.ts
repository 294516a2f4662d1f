import type { GetModelResponse__Output } from '@tandem/proto'

/** What all replicas of a model must have in common: the gateway reads it once, at its start. */
const traits: readonly (readonly [name: string, read: (model: GetModelResponse__Output) => string])[] = [
  ['role', ({ role }) => role],
  ['tokenizer', ({ tokenizerFingerprint }) => shortened(tokenizerFingerprint)],
  ['vocabulary size', ({ vocabularySize }) => String(vocabularySize)],
  ['context length', ({ contextLength }) => String(contextLength)],
  ['end tokens', ({ eosTokenIds }) => [...eosTokenIds].sort((a, b) => a - b).join(', ')],
  ['first token', ({ bosTokenId }) => String(bosTokenId ?? 'none')],
  ['chat template', ({ chatTemplateFingerprint }) => shortened(chatTemplateFingerprint)],
]

/**
 * Returns why a model cannot take the place of another one, or null if it can. The version, the
 * precision and the adapter may differ.
 * @param expected the model that the gateway was started with
 */
export function findMismatch(found: GetModelResponse__Output, expected: GetModelResponse__Output): string | null {
  const differences = traits
    .filter(([, read]) => read(found) !== read(expected))
    .map(([name, read]) => `${name}: ${read(found) || 'none'}, expected ${read(expected) || 'none'}`)
  return differences.length === 0 ? null : differences.join('; ')
}

const shortened = (fingerprint: string): string => fingerprint.slice(0, 12)
