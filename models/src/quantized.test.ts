import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildGraph } from './build-graph.js'
import { type ModelConfig, parseModelConfig } from './config.js'
import type { Precision } from './manifest.js'
import { writeGraph } from './onnx/writer.js'
import type { Adapter, StoredType, WeightSource } from './source.js'
import { GraphSession, largestLogDifference, loadGraph } from './testing/graph-session.js'
import { largestSummaryDifference } from './testing/summary.js'
import { createRandom, dequantizedSource, roundedSource, syntheticSource } from './testing/synthetic-source.js'
import { Weights } from './weights/weights.js'

/**
 * Maximum difference of log-probabilities between float32 and int8 activations with their residual.
 */
const doubledError = 3e-3

const shape = {
  model_type: 'llama',
  num_hidden_layers: 2,
  vocab_size: 200,
  max_position_embeddings: 64,
  rms_norm_eps: 1e-6,
}
const even = parse({ hidden_size: 64, intermediate_size: 96, num_attention_heads: 4, num_key_value_heads: 2 })
/** One key/value head, biases everywhere, and no width that is a multiple of 32. */
const odd = parse({
  hidden_size: 72,
  intermediate_size: 100,
  num_attention_heads: 3,
  num_key_value_heads: 1,
  head_dim: 20,
  attention_bias: true,
  mlp_bias: true,
  tie_word_embeddings: true,
})
const tied = parse({ hidden_size: 64, intermediate_size: 96, num_attention_heads: 4, tie_word_embeddings: true })

function parse(sizes: Record<string, unknown>): ModelConfig {
  return parseModelConfig({ ...shape, ...sizes }, null)
}

const isVocabulary = (name: string) => name.startsWith('lm_head') || name.startsWith('model.embed')
const tokens = Array.from({ length: 12 }, (_, i) => (i * 37 + 5) % 200)

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-quantized-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

interface Options {
  readonly adapter?: Adapter
  readonly merge?: boolean
}

/**
 * Computes all logits: the first eight tokens in one chunk (many for the graph), the rest one by
 * one (few).
 */
async function logitsOf(config: ModelConfig, source: WeightSource, precision: Precision, options: Options = {}) {
  const weights = new Weights(source, options.adapter ?? null, options.merge ?? false)
  await writeGraph(buildGraph(config, weights, { precision, switched: false }), {
    folder,
    graphFileName: 'model.onnx',
    dataFileName: 'model.onnx.data',
    producerVersion: 'test',
  })
  const session = await loadGraph(join(folder, 'model.onnx'))
  const sequence = new GraphSession(session, config)
  const append = async (ids: number[]) => {
    const rows = (await sequence.append([ids])).flat()
    expect(largestSummaryDifference(sequence.outputs, rows)).toBeLessThanOrEqual(1e-5)
    return rows
  }
  const rows = await append(tokens.slice(0, 8))
  for (const token of tokens.slice(8)) rows.push(...(await append([token])))
  await session.release()
  return rows
}

describe('the grid of a GGUF file', () => {
  it.each<[label: string, config: ModelConfig, typeOf: (name: string) => StoredType]>([
    ['Q4_0', even, () => 'Q4_0'],
    ['Q4_1', even, () => 'Q4_1'],
    ['Q8_0', even, () => 'Q8_0'],
    ['Q4_1 with a tied Q8_0 embedding', tied, (name) => (isVocabulary(name) ? 'Q8_0' : 'Q4_1')],
    ['Q4_1 with a tied Q4_1 embedding', tied, () => 'Q4_1'],
    ['Q4_0 with a tied F16 embedding', tied, (name) => (isVocabulary(name) ? 'F16' : 'Q4_0')],
    [
      'mixed within a layer',
      even,
      (name) => (name.includes('v_proj') ? 'Q4_1' : name.includes('k_') ? 'BF16' : 'Q4_0'),
    ],
  ])('%s', async (_, config, typeOf) => {
    const source = syntheticSource(config, 1, typeOf)
    const exact = await logitsOf(config, dequantizedSource(source), 'fp32')
    expect(largestLogDifference(exact, await logitsOf(config, source, 'native'))).toBeLessThan(doubledError)
    expect(largestLogDifference(exact, await logitsOf(config, source, 'fast'))).toBeLessThan(100 * doubledError)
  })
})

describe('weights rounded to blocks', () => {
  it.each<[Precision, string, ModelConfig]>([
    ['int8', 'even', even],
    ['int8', 'tied', tied],
    ['int8', 'odd', odd],
    ['int4', 'even', even],
    ['int4', 'tied', tied],
    ['int4', 'odd', odd],
  ])('%s, %s widths', async (precision, _, config) => {
    const source = syntheticSource(config, 2)
    const rounded = roundedSource(source, (name) => (precision === 'int8' || isVocabulary(name) ? 8 : 4))
    const exact = await logitsOf(config, rounded, 'fp32')
    expect(largestLogDifference(exact, await logitsOf(config, source, precision))).toBeLessThan(doubledError)
  })
})

describe('fp16', () => {
  it.each([even, tied, odd])('is exact for weights stored as F16', async (config) => {
    const source = syntheticSource(config, 3, () => 'F16')
    const exact = await logitsOf(config, dequantizedSource(source), 'fp32')
    expect(largestLogDifference(exact, await logitsOf(config, source, 'fp16'))).toBeLessThan(1e-5)
  })
})

describe('an adapter', () => {
  const random = createRandom(9)
  const matrix = (length: number) => Float32Array.from({ length }, () => (random() - 0.5) * 0.2)
  const update = (rows: number, columns: number) => ({ rank: 4, a: matrix(4 * columns), b: matrix(rows * 4) })
  const adapter: Adapter = {
    textFiles: new Map(),
    name: 'synthetic',
    scale: 1,
    files: [],
    saved: new Map(),
    isClassifier: false,
    updates: new Map([
      ['model.layers.0.self_attn.q_proj.weight', update(64, 64)],
      ['model.layers.0.self_attn.v_proj.weight', update(64, 64)],
      ['model.layers.1.mlp.down_proj.weight', update(64, 96)],
      ['lm_head.weight', update(200, 64)],
    ]),
  }

  it('gives the same result merged and separate, also on a tied output layer', async () => {
    const source = syntheticSource(tied, 4)
    const plain = await logitsOf(tied, source, 'fp32')
    const separate = await logitsOf(tied, source, 'fp32', { adapter })
    const merged = await logitsOf(tied, source, 'fp32', { adapter, merge: true })
    expect(largestLogDifference(separate, merged)).toBeLessThan(1e-4)
    expect(largestLogDifference(separate, plain)).toBeGreaterThan(0.05)
  })

  it('is separate from a quantised base, and merges into its exact numbers', async () => {
    const source = syntheticSource(tied, 5, () => 'Q4_1')
    const exact = await logitsOf(tied, dequantizedSource(source), 'fp32', { adapter })
    for (const merge of [false, true])
      expect(largestLogDifference(exact, await logitsOf(tied, source, 'native', { adapter, merge }))).toBeLessThan(
        doubledError,
      )
  })

  it('is refused if it fits no layer', () => {
    const build = (name: string) =>
      buildGraph(
        even,
        new Weights(syntheticSource(even, 6), { ...adapter, updates: new Map([[name, update(64, 64)]]) }, false),
        { precision: 'fp32', switched: false },
      )
    expect(() => build('model.layers.7.self_attn.q_proj.weight')).toThrow(
      'adapter synthetic changes 1 tensors that this model has no linear layers for: model.layers.7.self_attn.q_proj.weight',
    )
    expect(() => build('model.layers.0.self_attn.k_proj.weight')).toThrow('does not fit its shape [32, 64]')
  })
})

it('refuses a checkpoint whose tensors do not match its config', () => {
  const source = syntheticSource(even, 7)
  const build = (config: ModelConfig) => () =>
    buildGraph(config, new Weights(source, null, false), { precision: 'fp32', switched: false })
  expect(build({ ...even, layers: 3 })).toThrow('the checkpoint has no tensor model.layers.2.')
  expect(build({ ...even, vocabularySize: 201 })).toThrow(
    'tensor model.embed_tokens.weight has shape [200,64]: expected [201,64], as config.json says. Check that both files are',
  )
})
