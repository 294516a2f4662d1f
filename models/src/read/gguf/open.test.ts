import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, expect, it } from 'vitest'
import type { ModelSource } from '../../source.js'
import { dequantize } from '../../weights/dequantize.js'
import { openModelSource } from '../open.js'
import { encodeGguf, floatTensor, type GgufFile, type GgufTensor, Raw, string, u32, u64 } from '../testing/gguf-file.js'
import { createFolders } from '../testing/temporary-folder.js'
import { idOf, tinyGguf, tinyMetadata, tinyTensors, tokens } from '../testing/tiny-gguf.js'

const createFolder = createFolders(afterAll)

async function writeBytes(bytes: Uint8Array): Promise<string> {
  const path = join(await createFolder(), 'model.gguf')
  await writeFile(path, bytes)
  return path
}
async function open(file: GgufFile): Promise<ModelSource> {
  return await openModelSource(await writeBytes(encodeGguf(file)))
}
async function describe(file: GgufFile) {
  const source = await open(file)
  await source.weights.close()
  return source
}
async function refusal(bytes: Uint8Array): Promise<string | null> {
  const path = await writeBytes(bytes)
  const error = await describeError(path)
  return error?.replaceAll(path, 'FILE') ?? null
}
const describeError = (path: string) =>
  openModelSource(path).then(
    () => null,
    (error: unknown) => String(error),
  )
const refuses = (file: GgufFile) => refusal(encodeGguf(file))
const embedding = tinyTensors.filter(({ name }) => name === 'token_embd.weight')
const without = (name: string) => tinyTensors.filter((tensor) => tensor.name !== name)
const bytesOf = (name: string) => tinyTensors.find((tensor) => tensor.name === name)?.bytes

it('creates config.json from the metadata', async () => {
  const { config, generationConfig, files } = await describe(
    tinyGguf({ 'tokenizer.ggml.eot_token_id': idOf('<tool>') }),
  )
  expect(config).toMatchObject({
    model_type: 'llama',
    hidden_size: 8,
    intermediate_size: 12,
    num_hidden_layers: 1,
    num_attention_heads: 2,
    num_key_value_heads: 1,
    head_dim: 4,
    max_position_embeddings: 64,
    rms_norm_eps: 0.5,
    vocab_size: tokens.length,
    tie_word_embeddings: true,
    attention_bias: false,
    rope_parameters: { rope_type: 'default', rope_theta: 10_000, partial_rotary_factor: 1 },
    bos_token_id: idOf('<s>'),
    eos_token_id: idOf('</s>'),
  })
  expect(generationConfig).toEqual({ bos_token_id: idOf('<s>'), eos_token_id: [idOf('</s>'), idOf('<tool>')] })
  expect(files).toHaveLength(1)
})

it('detects an output layer, biases and frequency factors by their tensors', async () => {
  const head = floatTensor('output.weight', [2, 8], new Array(16).fill(1))
  const bias = floatTensor('blk.0.attn_q.bias', [8], [0, 1, 2, 3, 4, 5, 6, 7])
  const factors = floatTensor('rope_freqs.weight', [2], [1, 8])
  const { config, weights } = await describe(tinyGguf({}, [...tinyTensors, head, bias, factors]))
  expect(config).toMatchObject({ tie_word_embeddings: false, attention_bias: true, rope_frequency_factors: [1, 8] })
  expect(weights.tensors.get('lm_head.weight')).toMatchObject({ type: 'F32', shape: [2, 8] })
  expect([...weights.tensors.keys()].filter((name) => name.includes('rope'))).toEqual([])
})

it('reads linear rope, also from a factor without a type', async () => {
  const rope = async (metadata: Parameters<typeof tinyGguf>[0]) =>
    (await describe(tinyGguf({ 'llama.rope.freq_base': 500, ...metadata }))).config.rope_parameters
  const linear = { rope_type: 'linear', rope_theta: 500, factor: 4, partial_rotary_factor: 1 }
  expect(await rope({ 'llama.rope.scaling.type': 'linear', 'llama.rope.scaling.factor': 4 })).toEqual(linear)
  expect(await rope({ 'llama.rope.scaling.factor': 4 })).toEqual(linear)
  expect(await rope({ 'llama.rope.scale_linear': 4 })).toEqual(linear)
  expect(await rope({ 'llama.rope.scaling.type': 'none', 'llama.rope.scaling.factor': 4 })).toMatchObject({
    rope_type: 'default',
  })
})

it('refuses unsupported metadata by its key', async () => {
  expect(await refuses({ ...tinyGguf(), metadata: tinyMetadata('gemma2') })).toBe(
    'Error: FILE has the architecture "gemma2": expected one of llama, qwen2, qwen3, olmo2',
  )
  expect(await refuses(tinyGguf({ 'llama.rope.scaling.type': 'yarn' }))).toContain('llama.rope.scaling.type "yarn"')
  expect(await refuses(tinyGguf({ 'llama.attention.sliding_window': 32 }))).toContain('sliding_window 32')
  expect(await refuses(tinyGguf({ 'llama.expert_count': 8 }))).toContain('mixtures of experts')
  expect(await refuses(tinyGguf({ 'llama.logit_scale': 0.5 }))).toContain('llama.logit_scale')
  expect(await refuses(tinyGguf({ 'llama.block_count': 'one' }))).toBe(
    'Error: FILE: metadata llama.block_count is "one": expected one number',
  )
  const other = { ...floatTensor('blk.0.attn_q.weight', [8, 8], []), type: 14, bytes: new Uint8Array(210) }
  expect(await refuses(tinyGguf({}, [...embedding, other]))).toBe(
    'Error: FILE: tensor blk.0.attn_q.weight is stored as Q6_K: expected one of F32, F16, BF16, Q8_0, Q4_0, Q4_1',
  )
  expect(await refuses(tinyGguf({}, [...tinyTensors, floatTensor('blk.0.ssm_in.weight', [1], [1])]))).toContain(
    'tensor blk.0.ssm_in.weight is unknown in all supported architectures',
  )
  const ragged = { ...other, type: 2, shape: [8, 40], bytes: new Uint8Array(180) }
  expect(await refuses(tinyGguf({}, [...embedding, ragged]))).toContain('is not a whole number of blocks of Q4_0')
})

it('refuses a damaged file by its path', async () => {
  const whole = encodeGguf(tinyGguf())
  expect(await refusal(whole.subarray(0, whole.length - 40))).toMatch(/FILE has \d+ bytes, tensor .* ends at \d+/)
  expect(await refusal(whole.subarray(0, 100))).toContain('FILE: the header does not end within 100 bytes')
  expect(await refuses({ ...tinyGguf(), version: 1 })).toContain(
    'FILE is GGUF version 1: expected version 2 or 3 (little-endian)',
  )
  const header = (...parts: Uint8Array[]) => Buffer.concat([Buffer.from('GGUF'), u32(3), ...parts])
  expect(await refusal(header(u64(1n << 40n), u64(0)))).toContain(
    'FILE: the number of tensors has the length 1099511627776',
  )
  expect(await refusal(header(u64(0), u64(1), u64((1n << 64n) - 1n)))).toContain('FILE')
  expect(await refusal(header(u64(0), u64(1), string('k'), u32(99)))).toBe(
    'Error: FILE: metadata k has the unknown value type 99; is the file damaged?',
  )
  expect(await refusal(header(u64(0), u64(1), string('k'), u32(9), u32(9)))).toContain('an array of arrays')
  expect(await refuses(tinyGguf({}, without('token_embd.weight')))).toContain('FILE has no tensor token_embd.weight')
  expect(await refuses(tinyGguf({}, [...tinyTensors, ...embedding]))).toContain(
    'FILE has tensor token_embd.weight twice',
  )
  expect(await refuses(tinyGguf({ 'general.alignment': 12 }))).toContain('general.alignment is 12')
})

it('reads versions 2 and 3, any alignment and every type of value', async () => {
  const eight = (write: (view: DataView) => void) => {
    const bytes = new Uint8Array(8)
    write(new DataView(bytes.buffer))
    return bytes
  }
  const every = {
    'x.u8': new Raw(0, Uint8Array.of(255)),
    'x.i8': new Raw(1, Uint8Array.of(255)),
    'x.u16': new Raw(2, Uint8Array.of(255, 255)),
    'x.i16': new Raw(3, Uint8Array.of(255, 255)),
    'x.i32': new Raw(5, Uint8Array.of(255, 255, 255, 255)),
    'x.f32': 0.5,
    'x.bool': true,
    'x.u64': new Raw(10, u64(7)),
    'x.i64': new Raw(
      11,
      eight((view) => view.setBigInt64(0, -7n, true)),
    ),
    'x.f64': new Raw(
      12,
      eight((view) => view.setFloat64(0, 0.1, true)),
    ),
    'x.floats': [0.5, 1.5],
    'general.alignment': 64,
  }
  for (const version of [2, 3]) {
    const source = await open({ ...tinyGguf(every), version, alignment: 64 })
    expect(await source.weights.readRows('model.layers.0.mlp.down_proj.weight', 0, 8)).toEqual(
      new Uint8Array(bytesOf('blk.0.ffn_down.weight') ?? []),
    )
    await source.weights.close()
  }
})

it('gives the norms of olmo2 and qwen3 their names', async () => {
  const names = ['post_attention_norm', 'post_ffw_norm', 'attn_q_norm', 'attn_k_norm']
  const norms = names.map((name) => floatTensor(`blk.0.${name}.weight`, [4], [1, 2, 3, 4]))
  const { weights } = await describe({
    metadata: tinyMetadata('olmo2'),
    tensors: [...without('blk.0.ffn_norm.weight'), ...norms],
  })
  const layer = [...weights.tensors.keys()].filter((name) => /norm/.test(name) && name.includes('layers'))
  expect(layer.sort()).toEqual([
    'model.layers.0.input_layernorm.weight',
    'model.layers.0.post_attention_layernorm.weight',
    'model.layers.0.post_feedforward_layernorm.weight',
    'model.layers.0.self_attn.k_norm.weight',
    'model.layers.0.self_attn.q_norm.weight',
  ])
})

/** llama.cpp: reshape(heads, 2, size / 2, columns), axes 1 and 2 swapped. */
function permute<T>(rows: readonly T[], heads: number): T[] {
  const size = rows.length / heads
  const half = size / 2
  const out: T[] = []
  for (let head = 0; head < heads; head++)
    for (let j = 0; j < half; j++)
      for (let i = 0; i < 2; i++) out.push(...rows.slice(head * size + i * half + j, head * size + i * half + j + 1))
  return out
}

const attention = fc.record({
  keyValueHeads: fc.integer({ min: 1, max: 3 }),
  group: fc.integer({ min: 1, max: 3 }),
  half: fc.integer({ min: 1, max: 4 }),
  range: fc.tuple(fc.nat(), fc.nat()),
})
const architectures = [
  ['llama', true],
  ['qwen2', false],
  ['qwen3', false],
  ['olmo2', false],
] as const

it.each(architectures)(
  'gives q and k of %s in the order of Hugging Face (permuted: %s)',
  async (architecture, permuted) => {
    await fc.assert(
      fc.asyncProperty(attention, async ({ keyValueHeads, group, half, range: [a, b] }) => {
        const heads = { q: keyValueHeads * group, k: keyValueHeads, v: keyValueHeads }
        const rowsOf = (part: keyof typeof heads) =>
          Array.from({ length: heads[part] * half * 2 }, (_, row) => [row, -row])
        const stored = (part: keyof typeof heads) =>
          permuted && part !== 'v' ? permute(rowsOf(part), heads[part]) : rowsOf(part)
        const parts: GgufTensor[] = (['q', 'k', 'v'] as const).flatMap((part) => [
          floatTensor(`blk.0.attn_${part}.weight`, [stored(part).length, 2], stored(part).flat()),
          floatTensor(
            `blk.0.attn_${part}.bias`,
            [stored(part).length],
            stored(part).map(([row = 0]) => row),
          ),
        ])
        const counts = {
          [`${architecture}.attention.head_count`]: heads.q,
          [`${architecture}.attention.head_count_kv`]: heads.k,
          [`${architecture}.attention.key_length`]: half * 2,
        }
        const source = await open({
          metadata: { ...tinyMetadata(architecture), ...counts },
          tensors: [...embedding, ...parts],
        })
        for (const part of ['q', 'k', 'v'] as const) {
          const name = `model.layers.0.self_attn.${part}_proj`
          const rows = rowsOf(part)
          const [start = 0, end = 0] = [a % (rows.length + 1), b % (rows.length + 1)].sort((x, y) => x - y)
          const read = dequantize('F32', await source.weights.readRows(`${name}.weight`, start, end))
          expect(read).toEqual(Float32Array.from(rows.slice(start, end).flat()))
          const bias = dequantize('F32', await source.weights.readRows(`${name}.bias`, 0, 1))
          expect(bias).toEqual(Float32Array.from(rows, ([row = 0]) => row))
        }
        await source.weights.close()
      }),
      { numRuns: 25 },
    )
  },
)

it('moves whole rows of blocks', async () => {
  const row = (value: number) => new Uint8Array(34).fill(value)
  const rows = [0, 1, 2, 3].map(row)
  const tensor = { name: 'blk.0.attn_k.weight', shape: [4, 32], type: 8, bytes: Buffer.concat(permute(rows, 1)) }
  const source = await open(tinyGguf({}, [...embedding, tensor]))
  const read = await source.weights.readRows('model.layers.0.self_attn.k_proj.weight', 1, 3)
  expect(Buffer.from(read)).toEqual(Buffer.concat([row(1), row(2)]))
  await source.weights.close()
})
