import { expect, it } from 'vitest'
import { parseModelConfig } from '../config.js'
import type { WeightSource } from '../source.js'
import { syntheticSource } from '../testing/synthetic-source.js'
import { embeddingName, hasTiedHead, headName } from './tied-head.js'

const shape = {
  model_type: 'llama',
  num_hidden_layers: 1,
  hidden_size: 32,
  intermediate_size: 32,
  num_attention_heads: 2,
  vocab_size: 50,
  max_position_embeddings: 64,
  rms_norm_eps: 1e-6,
}
const untied = parseModelConfig(shape, null)
const tied = parseModelConfig({ ...shape, tie_word_embeddings: true }, null)
const both = syntheticSource(untied, 1)
const equal: WeightSource = {
  ...both,
  readRows: (name, ...range) => both.readRows(name === headName ? embeddingName : name, ...range),
}

it('follows the config unless the checkpoint contradicts it', async () => {
  expect(await hasTiedHead(untied, both)).toBe(false)
  expect(await hasTiedHead(tied, syntheticSource(tied, 1))).toBe(true)
  expect(await hasTiedHead(tied, equal)).toBe(true)
})

it('keeps a stored output layer that differs from the embedding', async () => {
  expect(await hasTiedHead(tied, both)).toBe(false)
})
