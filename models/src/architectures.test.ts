import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { buildGraph } from './build-graph.js'
import { architectureNames, type ModelConfig, parseModelConfig } from './config.js'
import { type Precision, rowSize } from './manifest.js'
import { writeGraph } from './onnx/writer.js'
import { openModelSource } from './read/open.js'
import type { WeightSource } from './source.js'
import { GraphSession, largestLogDifference, loadGraph } from './testing/graph-session.js'
import { naiveForward } from './testing/naive-forward.js'
import { readReference, tinyFolder } from './testing/reference.js'
import { roundedSource, syntheticSource } from './testing/synthetic-source.js'
import { Weights } from './weights/weights.js'

/**
 * Maximum difference of log-probabilities between float32 and int8 activations with their residual.
 */
const int8TwiceError = 5e-3

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-architectures-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const sizes = fc.record({
  model_type: fc.constantFrom(...architectureNames),
  keyValueHeads: fc.integer({ min: 1, max: 3 }),
  group: fc.integer({ min: 1, max: 4 }),
  head_dim: fc.integer({ min: 4, max: 20 }).map((half) => 2 * half),
  hidden_size: fc.integer({ min: 24, max: 80 }),
  intermediate_size: fc.integer({ min: 8, max: 80 }),
  num_hidden_layers: fc.integer({ min: 1, max: 2 }),
  vocab_size: fc.integer({ min: 40, max: 90 }),
  attention_bias: fc.boolean(),
  mlp_bias: fc.boolean(),
  tie_word_embeddings: fc.boolean(),
  rms_norm_eps: fc.constantFrom(1e-6, 1e-5),
  rope_theta: fc.constantFrom(10_000, 1_000_000),
  rope_scaling: fc.constantFrom(null, { type: 'linear', factor: 2 }, llama3()),
  sequence: fc.array(fc.integer({ min: 0, max: 39 }), { minLength: 2, maxLength: 9 }),
  seed: fc.integer(),
})

function llama3() {
  return {
    rope_type: 'llama3',
    factor: 8,
    low_freq_factor: 1,
    high_freq_factor: 4,
    original_max_position_embeddings: 32,
  }
}

async function graphLogits(config: ModelConfig, source: WeightSource, ids: readonly number[], precision: Precision) {
  const files = { folder, graphFileName: 'model.onnx', dataFileName: 'model.onnx.data', producerVersion: 'test' }
  await writeGraph(buildGraph(config, new Weights(source, null, false), { precision, switched: false }), files)
  const session = await loadGraph(join(folder, 'model.onnx'))
  const sequence = new GraphSession(session, { ...config, vocabularySize: rowSize(config) })
  const rows = [...(await sequence.append([ids.slice(0, 1)])), ...(await sequence.append([ids.slice(1)]))].flat()
  await session.release()
  return rows
}

it('the plain forward pass gives the logits of transformers', async () => {
  for (const name of ['llama-tied', 'llama3-rope', 'qwen2', 'qwen3', 'olmo2']) {
    const { weights, config, generationConfig } = await openModelSource(join(tinyFolder, name))
    const [, input] = await readReference(name)
    const rows = await naiveForward(parseModelConfig(config, generationConfig), weights, input?.ids ?? [])
    expect(largestLogDifference(input?.logits ?? [], rows)).toBeLessThan(1e-4)
    await weights.close()
  }
})

/** Generates an architecture of any shape with a checkpoint for it. */
const models = sizes.map(({ sequence, seed, keyValueHeads, group, ...keys }) => {
  const heads = { num_attention_heads: keyValueHeads * group, num_key_value_heads: keyValueHeads }
  const rest = { max_position_embeddings: 64, sliding_window: null, hidden_act: 'silu' }
  const config = parseModelConfig({ ...keys, ...heads, ...rest }, null)
  return { config, sequence, source: syntheticSource(config, seed) }
})

it('graphs of any shape give the logits of the plain forward pass', async () => {
  await fc.assert(
    fc.asyncProperty(models, async ({ config, source, sequence }) => {
      const expected = await naiveForward(config, source, sequence)
      expect(largestLogDifference(expected, await graphLogits(config, source, sequence, 'fp32'))).toBeLessThan(1e-4)
    }),
    { numRuns: 60 },
  )
})

it('reward models of any architecture and shape give the scores of the plain forward pass', async () => {
  await fc.assert(
    fc.asyncProperty(models, fc.integer(), async (model, seed) => {
      const config: ModelConfig = { ...model.config, head: 'score' }
      const source = syntheticSource(config, seed)
      const expected = (await naiveForward(config, source, model.sequence)).flatMap((row) => [...row])
      const found = (await graphLogits(config, source, model.sequence, 'fp32')).flatMap((row) => [...row])
      expect(found).toHaveLength(model.sequence.length)
      found.forEach((score, i) => {
        expect(Math.abs(score - (expected[i] ?? Number.NaN))).toBeLessThan(1e-4)
      })
    }),
    { numRuns: 40 },
  )
})

it.each(['int8', 'int4'] as const)(
  '%s graphs of any shape give the logits of the rounded weights',
  async (precision) => {
    const bitsOf = (name: string) => (precision === 'int8' || /embed_tokens|lm_head/.test(name) ? 8 : 4)
    await fc.assert(
      fc.asyncProperty(models, async ({ config, source, sequence }) => {
        const expected = await naiveForward(config, roundedSource(source, bitsOf), sequence)
        expect(largestLogDifference(expected, await graphLogits(config, source, sequence, precision))).toBeLessThan(
          int8TwiceError,
        )
      }),
      { numRuns: 25 },
    )
  },
)
