import { readdir, readFile } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { parseJsonObject } from './json-file.js'
import { assertIndexed, openSafetensors, readShardIndex, type ShardIndex } from './safetensors.js'
import type { ModelSource, WeightSource } from './source.js'

const templateName = 'chat_template.jinja'
const oldTemplateName = 'chat_template.json'
const textFileNames = [
  'config.json',
  'generation_config.json',
  'tokenizer.json',
  'tokenizer_config.json',
  'special_tokens_map.json',
  templateName,
]
/** All that is read of a checkpoint but its weights, where it is there. */
export const checkpointTextNames: readonly string[] = [...textFileNames, oldTemplateName]
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

  refuseOtherTokenizers(root, names)
  const index = await findWeights(root, names)
  const texts = await readCheckpointTexts(root)
  const { textFiles } = texts
  signal?.throwIfAborted()
  return {
    ...texts,
    files: [
      ...[...textFiles.keys()].filter((name) => names.has(name)).map((name) => join(root, name)),
      ...(textFiles.has(templateName) && !names.has(templateName) ? [join(root, oldTemplateName)] : []),
      ...index.files,
    ],
    weights: await openWeights(index, names),
  }
}

/** A checkpoint but for its weights. @throws Error naming a file that is not JSON */
export async function readCheckpointTexts(
  folder: string,
): Promise<Pick<ModelSource, 'config' | 'generationConfig' | 'textFiles'>> {
  const root = resolve(folder)
  const names = new Set(await readdir(root))
  const textFiles = new Map<string, Uint8Array>()
  for (const name of textFileNames) if (names.has(name)) textFiles.set(name, await readFile(join(root, name)))
  if (!textFiles.has(templateName) && names.has(oldTemplateName))
    textFiles.set(templateName, await readTemplate(join(root, oldTemplateName)))
  const json = (name: string) => {
    const bytes = textFiles.get(name)
    return bytes === undefined ? null : parseJsonObject(bytes, join(root, name))
  }
  return { config: json('config.json') ?? {}, generationConfig: json('generation_config.json'), textFiles }
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
  const found = [...names].filter((name) => /\.(bin|pt|pth|gguf|safetensors)$/.test(name))
  throw new Error(
    `${root} has no model.safetensors and no model.safetensors.index.json` +
      (found.length === 0 ? '' : ` (found: ${found.slice(0, 4).join(', ')})`) +
      '. Save the model with transformers: AutoModelForCausalLM.from_pretrained(...).save_pretrained(...); a .gguf file is given by its own path',
  )
}

function describeForeignFolder(root: string, names: ReadonlySet<string>): string {
  if (names.has('adapter_config.json'))
    return `${root} is a PEFT adapter; it needs its base as the source, and itself as the adapter (--adapter, or --dpo beside --sft)`
  return `${root} is no checkpoint: it has no config.json. Expected a Hugging Face folder (config.json + safetensors) or a .gguf file`
}

/** Before chat_template.jinja there was a JSON file with the one key. */
async function readTemplate(path: string): Promise<Uint8Array> {
  const { chat_template: template } = parseJsonObject(await readFile(path), path)
  if (typeof template !== 'string') throw new Error(`${path} has no text under "chat_template"`)
  return new TextEncoder().encode(template)
}
