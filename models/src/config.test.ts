import { messageOf } from '@tandem/process'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseModelConfig } from './config.js'

const llama = {
  model_type: 'llama',
  num_hidden_layers: 2,
  hidden_size: 64,
  intermediate_size: 96,
  num_attention_heads: 4,
  vocab_size: 512,
  max_position_embeddings: 256,
  rms_norm_eps: 1e-6,
  hidden_act: 'silu',
}
const parse = (changes: Record<string, unknown>, generation: Record<string, unknown> | null = null) =>
  parseModelConfig({ ...llama, ...changes }, generation)

const keys = [
  ...Object.keys(llama).filter((key) => key !== 'model_type'),
  ...['architectures', 'eos_token_id', 'pad_token_id', 'rope_scaling', 'rope_parameters', 'layer_types'],
]

/** The message of what `work` throws; a text of its own if it throws nothing. */
function refusalOf(work: () => unknown): string {
  try {
    work()
    return 'accepted'
  } catch (error) {
    return messageOf(error)
  }
}

describe('parseModelConfig', () => {
  it('fills in the defaults of a llama config', () => {
    const config = parse({ head_dim: null })
    expect(config).toMatchObject({
      headSize: 16,
      keyValueHeads: 4,
      tiedEmbeddings: false,
      eosTokenIds: [],
      bosTokenId: null,
      biases: { queryKeyValue: false, attentionOutput: false, mlp: false },
    })
    expect(config.rope.inverseFrequencies[0]).toBe(1)
    expect(config.rope.inverseFrequencies[1]).toBeCloseTo(10_000 ** (-2 / 16), 7)
  })

  it('accepts a head_dim other than hidden_size / heads, and uses 128 for qwen3 by default', () => {
    expect(parse({ head_dim: 24 }).headSize).toBe(24)
    expect(parse({ model_type: 'qwen3' }).headSize).toBe(128)
  })

  it('rounds hidden_size / heads down as transformers does, except for llama', () => {
    for (const model_type of ['mistral', 'qwen2', 'olmo2'])
      expect(parse({ model_type, hidden_size: 66, sliding_window: null }).headSize).toBe(16)
    expect(() => parse({ hidden_size: 66 })).toThrow('expected a multiple of 4 heads')
  })

  it('knows which layers of each architecture have biases', () => {
    const asked = { attention_bias: true, mlp_bias: true }
    expect(parse(asked).biases).toEqual({ queryKeyValue: true, attentionOutput: true, mlp: true })
    expect(parse({ ...asked, model_type: 'olmo2' }).biases).toEqual({
      queryKeyValue: true,
      attentionOutput: true,
      mlp: false,
    })
    expect(parse({ model_type: 'qwen2' }).biases).toEqual({ queryKeyValue: true, attentionOutput: false, mlp: false })
    expect(parse({ ...asked, model_type: 'mistral', sliding_window: null }).biases.queryKeyValue).toBe(false)
  })

  it('ends answers at the tokens of both files, first those of generation_config.json', () => {
    expect(parse({ eos_token_id: 2 }).eosTokenIds).toEqual([2])
    expect(parse({ eos_token_id: 2 }, { eos_token_id: [5, 2] }).eosTokenIds).toEqual([5, 2])
    expect(parse({ eos_token_id: [7, 8] }, { eos_token_id: 8 }).eosTokenIds).toEqual([8, 7])
    expect(parse({ eos_token_id: [7, 8] }, { eos_token_id: null }).eosTokenIds).toEqual([7, 8])
  })

  it('reads rope parameters of transformers 4 and 5 alike', () => {
    const llama3 = {
      rope_type: 'llama3',
      factor: 8,
      low_freq_factor: 1,
      high_freq_factor: 4,
      original_max_position_embeddings: 64,
    }
    const four = parse({ rope_theta: 500_000, rope_scaling: llama3 }).rope
    const five = parse({ rope_parameters: { ...llama3, rope_theta: 500_000 } }).rope
    expect(four).toEqual(five)
    expect(parse({ rope_scaling: { type: 'linear', factor: 4 } }).rope.inverseFrequencies[0]).toBe(0.25)
    expect(parse({ rope_parameters: { full_attention: { rope_type: 'linear', factor: 2 } } }).rope).toEqual(
      parse({ rope_scaling: { rope_type: 'linear', factor: 2 } }).rope,
    )
  })

  it('divides frequencies by the factors of a GGUF', () => {
    const factors = [1, 2, 4, 8, 8, 8, 8, 8]
    const plain = parse({}).rope.inverseFrequencies
    const divided = parse({ rope_frequency_factors: factors }).rope.inverseFrequencies
    expect([...divided]).toEqual([...plain].map((x, i) => Math.fround(x / (factors[i] ?? 1))))
    expect(() => parse({ rope_frequency_factors: [1] })).toThrow(
      'rope_frequency_factors has 1 numbers: expected 8 (head size / 2)',
    )
  })

  it.each([
    [{ model_type: 'gpt2' }, 'model_type "gpt2": expected one of llama, mistral, qwen2, qwen3, olmo2'],
    [{ hidden_act: 'gelu' }, 'hidden_act "gelu"'],
    [{ rope_scaling: { rope_type: 'yarn', factor: 4 } }, 'rope type "yarn": expected one of default, linear, llama3'],
    [{ rope_scaling: { rope_type: 'linear' } }, 'rope type "linear" without "factor"'],
    [{ partial_rotary_factor: 0.5 }, 'partial_rotary_factor 0.5'],
    [{ quantization_config: { quant_method: 'gptq' } }, 'quantization_config'],
    [{ num_key_value_heads: 3 }, 'expected a multiple of its 3 key/value heads'],
    [{ hidden_size: 66 }, 'expected a multiple of 4 heads'],
    [{ vocab_size: undefined }, 'vocab_size'],
    [{ model_type: 'mistral', sliding_window: 128 }, 'active sliding window (sliding_window 128)'],
    [{ model_type: 'qwen2', use_sliding_window: true, max_window_layers: 1, sliding_window: 64 }, 'sliding window'],
    [
      { model_type: 'qwen3', layer_types: ['full_attention', 'sliding_attention'], sliding_window: 8 },
      'sliding window',
    ],
    [{ model_type: 'qwen3', layer_types: ['full_attention', 'linear_attention'] }, 'layer type "linear_attention"'],
  ])('refuses %j', (changes, message) => {
    expect(() => parse(changes)).toThrow(message)
  })

  const advice = '. Correct the file, or download the model again'
  it.each<[Record<string, unknown>, string]>([
    [{ hidden_size: 'x' }, 'hidden_size is "x": expected an integer above 0'],
    [{ eos_token_id: 'x' }, 'eos_token_id is "x": expected an integer of at least 0 or a list'],
    [{ eos_token_id: [1, 'x'] }, 'eos_token_id.1 is "x": expected an integer of at least 0'],
    [{ rope_scaling: { factor: -1 } }, 'rope_scaling.factor is -1: expected a number above 0'],
    [{ rope_parameters: { full_attention: 5 } }, 'rope_parameters.full_attention is 5: expected an object'],
    [
      { num_hidden_layers: 0, hidden_size: undefined, intermediate_size: 1.5, vocab_size: null, rms_norm_eps: '1' },
      'num_hidden_layers is 0: expected an integer above 0; ' +
        'hidden_size is missing: expected an integer above 0; ' +
        'intermediate_size is 1.5: expected an integer above 0; and 2 more',
    ],
  ])('says what it found in %j and what it expected', (changes, faults) => {
    expect(() => parse(changes)).toThrow(new Error(`config.json cannot be used: ${faults}${advice}`))
  })

  it('names generation_config.json if the fault is there', () => {
    expect(() => parse({}, { bos_token_id: -1 })).toThrow(
      new Error(
        `generation_config.json cannot be used: bos_token_id is -1: expected an integer of at least 0${advice}`,
      ),
    )
  })

  it('refuses any values in one short line', () => {
    const changes = fc.record(Object.fromEntries(keys.map((key) => [key, fc.jsonValue()])), { requiredKeys: [] })
    fc.assert(
      fc.property(changes, (values) => {
        const message = refusalOf(() => parse(values, { eos_token_id: values.eos_token_id }))
        expect(message).not.toMatch(/^$|\n|Invalid input/)
        expect(message.length).toBeLessThan(1000)
      }),
    )
  })

  it.each([
    { model_type: 'mistral', sliding_window: null },
    { model_type: 'mistral', sliding_window: 4096 },
    { model_type: 'qwen2', use_sliding_window: false, sliding_window: 64 },
    { model_type: 'qwen2', use_sliding_window: true, sliding_window: 64, max_window_layers: 28 },
    { model_type: 'qwen3', use_sliding_window: true, sliding_window: 256, max_window_layers: 0 },
  ])('accepts a window that shuts nothing out: %j', (changes) => {
    expect(parse(changes).layers).toBe(2)
  })
})
