import { readdir } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { parseArchitecture } from '../config.js'
import type { ModelSource, WeightSource } from '../source.js'
import { readCheckpointTexts } from './checkpoint-texts.js'
import { withModelPrefix } from './model-prefix.js'
import { assertIndexed, openSafetensors, readShardIndex, type ShardIndex } from './safetensors.js'

/** The file of the weights if there is only one. */
export const checkpointWeightsName = 'model.safetensors'
/** The index of weights in several files. */
export const checkpointIndexName = 'model.safetensors.index.json'

/**
 * Opens a checkpoint as transformers saves it: config.json, safetensors (one file, or shards with
 * an index), tokenizer.json.
 * @throws Error with the file that is missing or damaged, and what to do
 */
export async function openHuggingFaceFolder(folder: string, signal?: AbortSignal): Promise<ModelSource> {
  const root = resolve(folder)
  const names = new Set(await readdir(root))
  if (!names.has('config.json')) throw new Error(describeForeignFolder(root, names))

  const texts = await readCheckpointTexts(root)
  // An unknown architecture is reported first, before missing weights or another tokenizer.
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
    throw new Error(`${index.path} names the file ${basename(missing)}, which is missing; is the download complete?`)
  const weights = await openSafetensors(index.files)
  try {
    assertIndexed(index, weights)
    return withModelPrefix(weights, index.path)
  } catch (error) {
    await weights.close()
    throw error
  }
}

/**
 * Refuses a folder that only has a tokenizer of another format. Only tokenizer.json holds a
 * complete tokenizer. A folder without any tokenizer is read for its weights.
 */
export function refuseOtherTokenizers(root: string, names: ReadonlySet<string>): void {
  if (names.has('tokenizer.json')) return
  const other = ['tokenizer.model', 'spiece.model', 'vocab.json', 'tekken.json'].find((name) => names.has(name))
  if (other !== undefined)
    throw new Error(
      `${root} has ${other} and no tokenizer.json: save one next to the weights with transformers: ` +
        'AutoTokenizer.from_pretrained(...).save_pretrained(...)',
    )
}

/** Returns the files of the weights. One file wins over shards, as in transformers. */
async function findWeights(root: string, names: ReadonlySet<string>): Promise<ShardIndex> {
  const single = join(root, checkpointWeightsName)
  if (names.has(checkpointWeightsName)) return { path: single, files: [single], places: new Map() }
  if (names.has(checkpointIndexName)) return await readShardIndex(join(root, checkpointIndexName))
  if (names.has('adapter_config.json')) throw new Error(describeForeignFolder(root, names))
  const found = [...names].filter((name) => /\.(bin|pt|pth|gguf|safetensors|onnx)$/.test(name))
  throw new Error(
    `${root} has no model.safetensors and no model.safetensors.index.json` +
      (found.length === 0 ? '' : ` (found: ${found.slice(0, 4).join(', ')})`) +
      '. Save the model with transformers: AutoModelForCausalLM.from_pretrained(...).save_pretrained(...). ' +
      'For a .gguf or .onnx file give the path of the file',
  )
}

function describeForeignFolder(root: string, names: ReadonlySet<string>): string {
  if (names.has('adapter_config.json'))
    return (
      `${root} is a PEFT adapter: give its base model as the source and this folder as the adapter ` +
      '(--adapter, or --dpo together with --sft)'
    )
  return (
    `${root} is not a checkpoint: it has no config.json. ` +
    'Expected a Hugging Face folder (config.json + safetensors) or a .gguf file'
  )
}
