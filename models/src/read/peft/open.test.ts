import { mkdir, rm, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import type { Adapter, ModelSource } from '../../source.js'
import { openModelSource } from '../open.js'
import { encodeSafetensors, floats, type TensorToWrite } from '../testing/safetensors-file.js'
import { createFolders } from '../testing/temporary-folder.js'
import { openAdapter } from './open.js'

const createFolder = createFolders(afterAll)
const hidden = 2
const filled = (rows: number, columns: number, value = 1) =>
  floats(new Array<number>(rows * columns).fill(value), [rows, columns])

/** Two layers of q_proj [4, 2] and k_proj [2, 2], an output layer [3, 2]. */
async function openBase(): Promise<ModelSource> {
  const folder = await createFolder()
  const layers = [0, 1].flatMap((layer) => [
    [`model.layers.${layer}.self_attn.q_proj.weight`, filled(4, hidden)] as const,
    [`model.layers.${layer}.self_attn.k_proj.weight`, filled(2, hidden)] as const,
    [`model.layers.${layer}.input_layernorm.weight`, floats([1, 1])] as const,
  ])
  const tensors = Object.fromEntries([...layers, ['lm_head.weight', filled(3, hidden)]])
  await writeFile(join(folder, 'config.json'), '{}')
  await writeFile(join(folder, 'model.safetensors'), encodeSafetensors(tensors))
  return await openModelSource(folder)
}

const q = (layer: number) => `model.layers.${layer}.self_attn.q_proj`
const k = (layer: number) => `model.layers.${layer}.self_attn.k_proj`
const rowsOf = (module: string) => (module.endsWith('q_proj') ? 4 : module === 'lm_head' ? 3 : 2)

function update(module: string, rank = 2, adapter = ''): Record<string, TensorToWrite> {
  return {
    [`base_model.model.${module}.lora_A${adapter}.weight`]: filled(rank, hidden),
    [`base_model.model.${module}.lora_B${adapter}.weight`]: filled(rowsOf(module), rank),
  }
}
const updates = (modules: readonly string[], rank = 2) =>
  Object.assign({}, ...modules.map((module) => update(module, rank)))

async function open(
  config: object,
  tensors: Readonly<Record<string, TensorToWrite>>,
  scale?: number,
): Promise<Adapter> {
  const folder = await createFolder()
  const complete = { peft_type: 'LORA', r: 2, lora_alpha: 6, target_modules: ['q_proj'], ...config }
  await writeFile(join(folder, 'adapter_config.json'), JSON.stringify(complete))
  await writeFile(join(folder, 'adapter_model.safetensors'), encodeSafetensors(tensors))
  const base = await openBase()
  try {
    const adapter = await openAdapter(folder, base, scale)
    expect(adapter.name).toBe(basename(folder))
    return adapter
  } finally {
    await base.weights.close()
  }
}
const modulesOf = (adapter: Adapter) => [...adapter.updates.keys()].map((name) => name.replace(/\.weight$/, '')).sort()
const scaleOf = (adapter: Adapter, module: string) => adapter.updates.get(`${module}.weight`)?.b[0]
const bothQ = updates([q(0), q(1)])

it('reads low-rank updates with the scale in b', async () => {
  const adapter = await open({}, bothQ)
  expect(modulesOf(adapter)).toEqual([q(0), q(1)])
  expect(adapter.updates.get(`${q(0)}.weight`)).toEqual({
    rank: 2,
    a: new Float32Array(4).fill(1),
    b: new Float32Array(8).fill(3),
  })
  expect(adapter.files.map((file) => basename(file))).toEqual(['adapter_config.json', 'adapter_model.safetensors'])
  const named = await open({}, { ...update(q(0), 2, '.default'), ...update(q(1), 2, '.default') })
  expect(named.updates).toEqual(adapter.updates)
})

it('multiplies every alpha by the given scale', async () => {
  const scaled = await open({ alpha_pattern: { 'layers.1.self_attn.q_proj': 3 } }, bothQ, 0.5)
  expect([0, 1].map((layer) => scaleOf(scaled, q(layer)))).toEqual([1.5, 0.75])
  expect(scaled.scale).toBe(0.5)
  expect(scaleOf(await open({ use_rslora: true }, bothQ, 0.5), q(0))).toBe(Math.fround(3 / Math.sqrt(2)))
})

it('divides by the root of the rank with rslora', async () => {
  expect(scaleOf(await open({ use_rslora: true }, bothQ), q(0))).toBe(Math.fround(6 / Math.sqrt(2)))
})

it('overrides rank and alpha by the first pattern that matches the end of the name', async () => {
  const patterns = {
    target_modules: ['q_proj', 'k_proj'],
    rank_pattern: { 'layers.1.self_attn.k_proj': 4, _proj: 8 },
    alpha_pattern: { '^model\\.layers\\.0\\.self_attn\\.k_proj': 20, k_proj: 8 },
  }
  const adapter = await open(patterns, { ...bothQ, ...update(k(0)), ...update(k(1), 4) })
  expect(scaleOf(adapter, q(1))).toBe(3)
  expect(scaleOf(adapter, k(0))).toBe(10)
  expect(scaleOf(adapter, k(1))).toBe(2)
  expect(adapter.updates.get(`${k(1)}.weight`)?.rank).toBe(4)
})

it('targets names, a regex, layers or all linear layers, as peft does', async () => {
  const targeted = async (config: object, modules: readonly string[]) => modulesOf(await open(config, updates(modules)))
  const all = [k(0), q(0), k(1), q(1)].sort()
  expect(await targeted({ target_modules: 'all-linear' }, all)).toEqual(all)
  expect(await targeted({ target_modules: '.*\\.0\\.self_attn\\.[qk]_proj' }, [k(0), q(0)])).toEqual([k(0), q(0)])
  expect(await targeted({ layers_to_transform: 1 }, [q(1)])).toEqual([q(1)])
  expect(await targeted({ layers_to_transform: [0], layers_pattern: 'layers' }, [q(0)])).toEqual([q(0)])
  expect(await targeted({ layers_to_transform: [] }, [q(0), q(1)])).toEqual([q(0), q(1)])
  expect(await targeted({ target_modules: [q(0), 'k_proj'], layers_to_transform: [1] }, [k(1), q(0)])).toEqual([
    q(0),
    k(1),
  ])
  expect(await targeted({ exclude_modules: ['layers.0.self_attn.q_proj'] }, [q(1)])).toEqual([q(1)])
  expect(await targeted({ target_modules: 'all-linear', exclude_modules: '.*\\.1\\..*' }, [k(0), q(0)])).toEqual([
    k(0),
    q(0),
  ])
  expect(await targeted({ target_modules: ['lm_head'] }, ['lm_head'])).toEqual(['lm_head'])
})

it('accepts a copy of the output layer only if it equals that of the base', async () => {
  const copy = (value: number) => ({ 'base_model.model.lm_head.base_layer.weight': filled(3, hidden, value) })
  const config = { target_modules: ['lm_head'] }
  expect(modulesOf(await open(config, { ...update('lm_head'), ...copy(1) }))).toEqual(['lm_head'])
  expect(modulesOf(await open(config, { ...update('lm_head'), ...copy(1.004) }))).toEqual(['lm_head'])
  await expect(open(config, { ...update('lm_head'), ...copy(1.02) })).rejects.toThrow(
    "which differs from the base's [3,2]",
  )
  await expect(open(config, { ...update('lm_head'), ...copy(2) })).rejects.toThrow(
    "which differs from the base's [3,2]",
  )
})

it('accepts a saved output layer if it equals that of the base, and refuses a resized one', async () => {
  const saved = (rows: number, value = 1) => ({ 'base_model.model.lm_head.weight': filled(rows, hidden, value) })
  expect(modulesOf(await open({}, { ...bothQ, ...saved(3) }))).toEqual([q(0), q(1)])
  await expect(open({}, { ...bothQ, ...saved(3, 2) })).rejects.toThrow(
    "contains its own lm_head (base_model.model.lm_head.weight [3,2]), which differs from the base's [3,2]; " +
      'it cannot be applied. Merge it into its base with peft',
  )
  await expect(open({}, { ...bothQ, ...saved(4) })).rejects.toThrow(
    "which differs from the base's [3,2]; it cannot be applied, because tokens were added in training. Merge it",
  )
})

it('ignores keys that change nothing', async () => {
  const harmless = {
    base_model_name_or_path: 'a/b',
    bias: 'none',
    eva_config: { rho: 2 },
    fan_in_fan_out: true,
    inference_mode: true,
    init_lora_weights: 'eva',
    lora_dropout: 0.05,
    modules_to_save: null,
    task_type: 'CAUSAL_LM',
    use_dora: false,
    some_new_key: null,
    another_new_key: {},
  }
  expect(modulesOf(await open(harmless, bothQ))).toEqual([q(0), q(1)])
})

const refusals: readonly (readonly [key: string, config: object])[] = [
  ['peft_type "IA3"', { peft_type: 'IA3' }],
  ['use_dora true', { use_dora: true }],
  ['modules_to_save ["embed_tokens"]', { modules_to_save: ['embed_tokens'] }],
  ['bias "all"', { bias: 'all' }],
  ['lora_bias true', { lora_bias: true }],
  ['trainable_token_indices [3]', { trainable_token_indices: [3] }],
  ['target_parameters ["mlp.experts"]', { target_parameters: ['mlp.experts'] }],
  ['layer_replication [[0,1]]', { layer_replication: [[0, 1]] }],
  ['use_qalora true', { use_qalora: true }],
  ['init_lora_weights "pissa"', { init_lora_weights: 'pissa' }],
  ['some_new_key 7', { some_new_key: 7 }],
  ['no target_modules', { target_modules: null }],
]
it.each(refusals)('refuses by name: %s', async (key, config) => {
  await expect(open(config, bothQ)).rejects.toThrow(`adapter_config.json has ${key}`)
})

it.each([
  [{ r: 0 }, 'r is 0: expected an integer above 0'],
  [{ init_lora_weights: 1 }, 'init_lora_weights is 1: expected true or false or a string'],
  [{ layers_to_transform: [0, '1'] }, 'layers_to_transform.1 is "1": expected an integer'],
  [{ rank_pattern: { q_proj: -1 } }, 'rank_pattern.q_proj is -1: expected a number above 0'],
])('says what it found in %j and what it expected', async (config, fault) => {
  await expect(open(config, bothQ)).rejects.toThrow(`adapter_config.json cannot be used: ${fault}`)
})

it('refuses an invalid pattern', async () => {
  await expect(open({ target_modules: '(unclosed' }, bothQ)).rejects.toThrow(
    'the pattern "(unclosed" is not a valid regex',
  )
})

it('refuses tensors that do not update a targeted layer of the base', async () => {
  const tensor = (name: string) => ({ ...bothQ, [name]: filled(1, hidden) })
  await expect(open({}, tensor('base_model.model.model.embed_tokens.lora_embedding_A'))).rejects.toThrow(
    'the tensor base_model.model.model.embed_tokens.lora_embedding_A is not a LoRA update of a linear layer',
  )
  await expect(open({}, tensor(`base_model.model.${q(0)}.lora_magnitude_vector`))).rejects.toThrow(
    'is not a LoRA update',
  )
  await expect(open({}, { ...bothQ, ...update(k(0)) })).rejects.toThrow(
    `has tensors for ${k(0)}, which its target_modules do not name`,
  )
  await expect(open({}, { ...bothQ, ...update(q(2)) })).rejects.toThrow(
    `changes ${q(2)}, which is not a linear layer of the base`,
  )
  await expect(open({}, update(q(0)))).rejects.toThrow(`has no tensors for ${q(1)}, which its target_modules name`)
  const { [`base_model.model.${q(1)}.lora_B.weight`]: _, ...half } = bothQ
  await expect(open({}, half)).rejects.toThrow(`has no lora_B for ${q(1)}`)
  await expect(open({ r: 3 }, bothQ)).rejects.toThrow(
    `${q(0)} has lora_A [2,2] and lora_B [4,2]: expected rank 3, as its config says. Check`,
  )
})

it('refuses a folder that is not an adapter or holds a pickle', async () => {
  const base = await openBase()
  const folder = await createFolder()
  await expect(openAdapter(join(folder, 'none'), base)).rejects.toThrow(
    'is not a folder: expected the folder of a PEFT adapter',
  )
  await expect(openAdapter(folder, base)).rejects.toThrow(
    `${folder} is not a PEFT adapter: it has no adapter_config.json`,
  )
  await writeFile(join(folder, 'adapter_config.json'), '{}')
  await writeFile(join(folder, 'adapter_model.bin'), '')
  await expect(openAdapter(folder, base)).rejects.toThrow('adapter_model.bin is a pickle, which runs code when read')
  await rm(join(folder, 'adapter_model.bin'))
  await mkdir(join(folder, 'checkpoint-1'))
  await expect(openAdapter(folder, base)).rejects.toThrow(
    `${folder} has no adapter_model.safetensors. Save it with peft`,
  )
  await base.weights.close()
})
