import { existsSync } from 'node:fs'
import { cp, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildModel } from '@tandem/models'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { fixturesFolder, tinyFolder } from './support/fixtures.js'

let workFolder: string
let copies = 0
beforeAll(async () => {
  workFolder = await mkdtemp(join(tmpdir(), 'tandem-refusals-'))
})
afterAll(() => rm(workFolder, { recursive: true, force: true }))

/** Copies a folder and changes keys of one of its JSON files. */
async function changed(folder: string, file: string, keys: object): Promise<string> {
  const copy = join(workFolder, `copy-${copies++}`)
  await cp(folder, copy, { recursive: true })
  const path = join(copy, file)
  await writeFile(path, JSON.stringify({ ...JSON.parse(await readFile(path, 'utf8')), ...keys }))
  return copy
}

async function refusal(source: string, adapter?: string): Promise<string> {
  const out = join(workFolder, `out-${copies++}`)
  const built = buildModel({ source, out, precision: 'fp32', ...(adapter === undefined ? {} : { adapter }) })
  const message = await built.then(
    () => expect.unreachable('it was built'),
    (error: unknown) => String(error),
  )
  expect(existsSync(out), 'nothing may be left').toBe(false)
  return message
}

describe('refuses a checkpoint that cannot be computed exactly:', () => {
  test.each([
    [
      'an unknown architecture',
      'llama-tied',
      { model_type: 'gemma3', architectures: ['Gemma3ForCausalLM'] },
      /gemma3/i,
    ],
    [
      'an active sliding window',
      'qwen2',
      { use_sliding_window: true, sliding_window: 64, max_window_layers: 0, layer_types: null },
      /sliding/,
    ],
    [
      'sliding layers',
      'qwen3',
      { sliding_window: 64, layer_types: ['full_attention', 'sliding_attention', 'full_attention'] },
      /sliding/,
    ],
    ['another activation', 'llama-tied', { hidden_act: 'gelu' }, /gelu/],
    ['yarn', 'llama-tied', { rope_parameters: { rope_type: 'yarn', rope_theta: 10000, factor: 4 } }, /yarn/],
    ['yarn as transformers 4 writes it', 'llama3-rope', { rope_scaling: { type: 'yarn', factor: 4 } }, /yarn/],
    ['dynamic rope', 'llama3-rope', { rope_scaling: { rope_type: 'dynamic', factor: 2 } }, /dynamic/],
    ['partly rotated heads', 'llama-tied', { partial_rotary_factor: 0.5 }, /partial_rotary_factor/],
    [
      'stored quantisation',
      'llama-tied',
      { quantization_config: { quant_method: 'gptq' } },
      /quantization_config|gptq/,
    ],
    [
      'heads that are not a multiple of the key/value heads',
      'llama-tied',
      { num_key_value_heads: 3 },
      /num_key_value_heads|heads/,
    ],
    ['a width that the tensors do not have', 'llama-tied', { intermediate_size: 97 }, /mlp|intermediate/],
    ['one layer too many', 'llama-tied', { num_hidden_layers: 4 }, /layers\.3/],
  ])('%s', async (_, name, keys, named) => {
    expect(await refusal(await changed(tinyFolder(name), 'config.json', keys))).toMatch(named)
  })

  test('mistral with a sliding window', async () => {
    const folder = join(fixturesFolder, 'more/mistral-4')
    expect(await refusal(await changed(folder, 'config.json', { sliding_window: 32 }))).toMatch(/sliding_window/)
  })

  test('a file that is shorter than its header says', async () => {
    const folder = await changed(tinyFolder('llama-tied'), 'config.json', {})
    await truncate(join(folder, 'model.safetensors'), 100_000)
    expect(await refusal(folder)).toMatch(/model\.safetensors/)
  })

  test('a GGUF file that is cut off', async () => {
    const path = join(workFolder, 'cut.gguf')
    await cp(join(fixturesFolder, 'more/gguf-llama-q4_0/model.gguf'), path)
    await truncate(path, 40_000)
    expect(await refusal(path)).toMatch(/cut\.gguf/)
  })

  test('a folder without weights, and a missing folder', async () => {
    const folder = await changed(tinyFolder('llama-tied'), 'config.json', {})
    await rm(join(folder, 'model.safetensors'))
    expect(await refusal(folder)).toMatch(/safetensors/)
    expect(await refusal(join(workFolder, 'nowhere'))).toMatch(/nowhere/)
  })
})

describe('refuses an adapter that cannot be applied exactly:', () => {
  test.each([
    ['DoRA', { use_dora: true }, /use_dora/],
    ['another kind of adapter', { peft_type: 'IA3' }, /IA3/],
    ['whole modules', { modules_to_save: ['lm_head'] }, /modules_to_save/],
    ['trained biases', { bias: 'lora_only' }, /bias/],
    ['additional biases', { lora_bias: true }, /lora_bias/],
    ['repeated layers', { layer_replication: [[0, 2]] }, /layer_replication/],
    ['trained tokens', { trainable_token_indices: [1, 2] }, /trainable_token_indices/],
    ['trained parameters', { target_parameters: ['mlp.experts'] }, /target_parameters/],
    ['QA-LoRA', { use_qalora: true }, /use_qalora/],
    ['BD-LoRA', { use_bdlora: { nblocks: 2 } }, /use_bdlora/],
    ['a rank that the tensors do not have', { r: 4 }, /rank|\br\b/],
    ['targets that the file does not have', { target_modules: ['q_proj', 'k_proj', 'v_proj', 'o_proj'] }, /o_proj/],
  ])('%s', async (_, keys, named) => {
    const adapter = await changed(tinyFolder('llama-tied+lora'), 'adapter_config.json', keys)
    expect(await refusal(tinyFolder('llama-tied'), adapter)).toMatch(named)
  })

  test('an adapter for another model', async () => {
    expect(await refusal(tinyFolder('llama3-rope'), tinyFolder('llama-tied+lora'))).toMatch(/q_proj/)
  })
})
