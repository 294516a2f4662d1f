import { readdir } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { parseArchitecture } from '../config.js'
import { readCheckpointTexts } from './checkpoint-texts.js'
import { assertIndexed, openSafetensors, readShardIndex, type ShardIndex } from './safetensors.js'
import type { ModelSource, WeightSource } from './source.js'

export const checkpointWeightsName = 'model.safetensors'
export const checkpointIndexName = 'model.safetensors.index.json'

/**
 * A checkpoint as transformers saves it: config.json, safetensors (one file, or shards with an index), tokenizer.json.
 * @throws Error naming what is missing or damaged, and what to do.
 */
export async function openHuggingFaceFolder(folder: string, signal?: AbortSignal): Promise<ModelSource> {
  const root = resolve(folder)
  const names = new Set(await readdir(root))
  if (!names.has('config.json')) throw new Error(describeForeignFolder(root, names))

  const texts = await readCheckpointTexts(root)
  // What cannot be built is not asked for its weights, nor for another tokenizer.
  const { model_type: architecture } = texts.config
  if (architecture !== undefined) parseArchitecture(architecture, join(root, 'config.json'))
  refuseOtherTokenizers(root, names)
  const index = await findWeights(root, names)
  signal?.throwIfAborted()
  return { ...texts, files: [...texts.files, ...index.files], weights: await openWeights(index, names) }
}

async function openWeights(index: ShardIndex, names: ReadonlySet<string>): Promise<WeightSource> {
  const missing = index.files.find((path) => !names.has(basename(path)))
  if (missing !== undefined)
    throw new Error(
      `${index.path} names the file ${basename(missing)}, which is not there; is the folder wholly downloaded?`,
    )
  const weights = await openSafetensors(index.files)
  try {
    assertIndexed(index, weights)
    return weights
  } catch (error) {
    await weights.close()
    throw error
  }
}

/** Only tokenizer.json holds a whole tokenizer; a folder without any is read for its weights. */
export function refuseOtherTokenizers(root: string, names: ReadonlySet<string>): void {
  if (names.has('tokenizer.json')) return
  const other = ['tokenizer.model', 'spiece.model', 'vocab.json', 'tekken.json'].find((name) => names.has(name))
  if (other !== undefined)
    throw new Error(
      `${root} has ${other} and no tokenizer.json; save one beside the weights with transformers: AutoTokenizer.from_pretrained(...).save_pretrained(...)`,
    )
}

/** One file wins over shards, as in transformers. */
async function findWeights(root: string, names: ReadonlySet<string>): Promise<ShardIndex> {
  const single = join(root, checkpointWeightsName)
  if (names.has(checkpointWeightsName)) return { path: single, files: [single], places: new Map() }
  if (names.has(checkpointIndexName)) return await readShardIndex(join(root, checkpointIndexName))
  const found = [...names].filter((name) => /\.(bin|pt|pth|gguf|safetensors|onnx)$/.test(name))
  throw new Error(
    `${root} has no model.safetensors and no model.safetensors.index.json` +
      (found.length === 0 ? '' : ` (found: ${found.slice(0, 4).join(', ')})`) +
      '. Save the model with transformers: AutoModelForCausalLM.from_pretrained(...).save_pretrained(...); a .gguf or .onnx file is given by its own path',
  )
}

function describeForeignFolder(root: string, names: ReadonlySet<string>): string {
  if (names.has('adapter_config.json'))
    return `${root} is a PEFT adapter; it needs its base as the source, and itself as the adapter (--adapter, or --dpo beside --sft)`
  return `${root} is no checkpoint: it has no config.json. Expected a Hugging Face folder (config.json + safetensors) or a .gguf file`
}
