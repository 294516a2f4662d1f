import { readdir, readFile } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import type { Adapter, LoraUpdate, ModelSource, SavedTensor, WeightSource } from '../../source.js'
import { dequantize } from '../../weights/dequantize.js'
import { scoreName } from '../../weights/score-head.js'
import { parseJsonObject } from '../json-file.js'
import { openSafetensors } from '../safetensors.js'
import { rowCount } from '../tensor-table.js'
import { readAdapterTexts } from './adapter-texts.js'
import { assertSameLayer } from './base-layer.js'
import { type LoraConfig, parseLoraConfig } from './config.js'
import { isTargeted } from './targets.js'

/** The file of an adapter's config. */
export const adapterConfigName = 'adapter_config.json'
/** The file of an adapter's weights. */
export const adapterWeightsName = 'adapter_model.safetensors'
const outputLayer = 'lm_head'

/** base_model.model.<module>.weight of an embedding, which peft saves if it was resized. */
const embeddingName = /^base_model\.model\.(?<module>(?:model\.)?embed_tokens|lm_head)\.weight$/

/** base_model.model.<module>.weight of a module that is saved completely. */
const savedName = /^base_model\.model\.(?<module>[^.]+)\.weight$/

/** base_model.model.<module>.<lora_A | lora_B | base_layer>[.<adapter>].weight */
const tensorName = /^base_model\.model\.(?<module>.+?)\.(?<kind>lora_A|lora_B|base_layer)(?:\.[^.]+)?\.weight$/

/**
 * Opens a PEFT LoRA adapter for a checkpoint. The matrices b of its low-rank updates include the
 * scale.
 * @param scale a factor of the adapter's own scale; tensors that are saved completely keep theirs
 * @throws Error with the part that cannot be applied, does not fit the base, or is missing
 */
export async function openAdapter(folder: string, source: ModelSource, scale = 1): Promise<Adapter> {
  const root = resolve(folder)
  await assertAdapterFolder(root)
  const path = join(root, adapterConfigName)
  const config = await readLoraConfig(root, scale)
  const texts = await readAdapterTexts(root)
  const weights = await openSafetensors([join(root, adapterWeightsName)])
  try {
    const saved = await readSaved(weights, config)
    const modules = await readModules(weights, source.weights, config, root)
    assertTargets(config, [...modules.keys()], source.weights, root)
    const updates = new Map<string, LoraUpdate>()
    for (const [module, names] of modules)
      updates.set(`${module}.weight`, await readUpdate(weights, config, module, names, root))
    return {
      name: basename(root),
      scale,
      updates,
      saved,
      isClassifier: config.isClassifier || saved.has(scoreName),
      textFiles: texts.textFiles,
      files: [path, join(root, adapterWeightsName), ...texts.files],
    }
  } finally {
    await weights.close()
  }
}

/**
 * Reads adapter_config.json.
 * @param scale a factor of the adapter's own scale
 * @throws Error with the key that cannot be applied
 */
export async function readLoraConfig(folder: string, scale = 1): Promise<LoraConfig> {
  const path = join(resolve(folder), adapterConfigName)
  return parseLoraConfig(parseJsonObject(await readFile(path), path), path, scale)
}

async function assertAdapterFolder(root: string): Promise<void> {
  const names = await readdir(root).catch((cause: unknown) => {
    throw new Error(`${root} is not a folder: expected the folder of a PEFT adapter`, { cause })
  })
  if (!names.includes(adapterConfigName))
    throw new Error(
      `${root} is not a PEFT adapter: it has no ${adapterConfigName}. Expected a folder that peft's save_pretrained wrote`,
    )
  if (!names.includes(adapterWeightsName))
    throw new Error(
      `${root} has no ${adapterWeightsName}` +
        (names.includes('adapter_model.bin') ? ' (adapter_model.bin is a pickle, which runs code when read)' : '') +
        '. Save it with peft: save_pretrained(..., safe_serialization=True)',
    )
}

/** Reads the tensors of modules that are saved completely, by their names in the base. */
async function readSaved(weights: WeightSource, config: LoraConfig): Promise<Map<string, SavedTensor>> {
  const saved = new Map<string, SavedTensor>()
  for (const name of weights.tensors.keys()) {
    const module = savedModuleOf(name, config)
    if (module !== null) saved.set(`${module}.weight`, await readTensor(weights, name))
  }
  return saved
}

function savedModuleOf(name: string, { savedModules }: LoraConfig): string | null {
  const module = savedName.exec(name)?.groups?.module
  return module !== undefined && savedModules.includes(module) ? module : null
}

async function readTensor(weights: WeightSource, name: string): Promise<SavedTensor> {
  const info = weights.tensors.get(name)
  if (info === undefined) throw new Error(`the adapter has no tensor ${name}`)
  return { shape: info.shape, values: dequantize(info.type, await weights.readRows(name, 0, rowCount(info))) }
}

/** The names of the two tensors of a module. */
type TensorNames = { lora_A?: string; lora_B?: string }

/**
 * Returns the modules with tensors in the adapter's file.
 * @throws Error with a tensor that belongs to no module
 */
async function readModules(
  weights: WeightSource,
  base: WeightSource,
  config: LoraConfig,
  root: string,
): Promise<Map<string, TensorNames>> {
  const modules = new Map<string, TensorNames>()
  const [unreadable] = weights.unreadable.values()
  if (unreadable !== undefined) throw new Error(unreadable)
  for (const name of weights.tensors.keys()) {
    if (savedModuleOf(name, config) !== null) continue
    const copied = embeddingName.exec(name)?.groups?.module
    if (copied !== undefined) {
      await assertSameLayer(weights, name, base, copied.replace(/^embed/, 'model.embed'), root)
      continue
    }
    const { module, kind } = tensorName.exec(name)?.groups ?? {}
    if (module === undefined)
      throw new Error(`${root}: the tensor ${name} is not a LoRA update of a linear layer; it cannot be applied`)
    if (kind === 'base_layer') {
      await assertSameLayer(weights, name, base, module, root)
      continue
    }
    const names = modules.get(module) ?? {}
    const part = kind === 'lora_A' ? 'lora_A' : 'lora_B'
    if (names[part] !== undefined)
      throw new Error(`${root} has two updates of ${module}: ${names[part]} and ${name}: expected one adapter`)
    modules.set(module, { ...names, [part]: name })
  }
  return modules
}

/** Checks that the config, the file and the base have the same layers. */
function assertTargets(config: LoraConfig, modules: readonly string[], base: WeightSource, root: string): void {
  const linears = linearModules(base)
  const foreign = modules.find((module) => !linears.has(module))
  if (foreign !== undefined)
    throw new Error(
      `${root} changes ${foreign}, which is not a linear layer of the base; is it the adapter of another model?`,
    )
  const unlisted = modules.find((module) => !isTargeted(config.targets, module))
  if (unlisted !== undefined)
    throw new Error(
      `${root} has tensors for ${unlisted}, which its target_modules do not name; is its config from another adapter?`,
    )
  const held = new Set(modules)
  const missing = [...linears].find((module) => isTargeted(config.targets, module) && !held.has(module))
  if (missing !== undefined)
    throw new Error(`${root} has no tensors for ${missing}, which its target_modules name; is the download complete?`)
  if (modules.length === 0) throw new Error(`${root} changes no layer of the base`)
}

function linearModules(base: WeightSource): Set<string> {
  const modules = new Set([outputLayer])
  for (const [name, { shape }] of base.tensors)
    if (shape.length === 2 && name.endsWith('_proj.weight')) modules.add(name.slice(0, -'.weight'.length))
  return modules
}

async function readUpdate(
  weights: WeightSource,
  config: LoraConfig,
  module: string,
  names: TensorNames,
  root: string,
): Promise<LoraUpdate> {
  const rank = config.rank(module)
  const read = async (part: 'lora_A' | 'lora_B') => {
    const name = names[part]
    if (name === undefined) throw new Error(`${root} has no ${part} for ${module}; is the download complete?`)
    return readTensor(weights, name)
  }
  const a = await read('lora_A')
  const b = await read('lora_B')
  if (a.shape.length !== 2 || b.shape.length !== 2 || a.shape[0] !== rank || b.shape[1] !== rank)
    throw new Error(
      `${root}: ${module} has lora_A [${a.shape}] and lora_B [${b.shape}]: expected rank ${rank}, as its config says. ` +
        'Check that the config and the weights are of the same adapter',
    )
  const scale = config.scale(module)
  return { rank, a: a.values, b: b.values.map((value) => value * scale) }
}
