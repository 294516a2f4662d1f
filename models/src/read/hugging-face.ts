import { readdir, readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { parseJsonObject } from './json-file.js'
import { openSafetensors, readShardPaths } from './safetensors.js'
import type { ModelSource } from './source.js'

const textFileNames = [
  'config.json',
  'generation_config.json',
  'tokenizer.json',
  'tokenizer_config.json',
  'special_tokens_map.json',
  'chat_template.jinja',
]

/**
 * A checkpoint as transformers saves it: config.json, safetensors (one file, or shards with an index), tokenizer.json.
 * @throws Error naming what is missing or damaged, and what to do.
 */
export async function openHuggingFaceFolder(folder: string, signal?: AbortSignal): Promise<ModelSource> {
  const root = resolve(folder)
  const names = new Set(await readdir(root))
  if (!names.has('config.json')) throw new Error(describeForeignFolder(root, names))

  const weightPaths = await findWeights(root, names)
  const textFiles = new Map<string, Uint8Array>()
  for (const name of textFileNames) if (names.has(name)) textFiles.set(name, await readFile(join(root, name)))
  if (!textFiles.has('chat_template.jinja') && names.has('chat_template.json'))
    textFiles.set('chat_template.jinja', await readTemplate(join(root, 'chat_template.json')))
  signal?.throwIfAborted()

  const json = (name: string) => {
    const bytes = textFiles.get(name)
    return bytes === undefined ? null : parseJsonObject(bytes, join(root, name))
  }
  return {
    config: json('config.json') ?? {},
    generationConfig: json('generation_config.json'),
    textFiles,
    files: [...[...textFiles.keys()].filter((name) => names.has(name)).map((name) => join(root, name)), ...weightPaths],
    weights: await openSafetensors(weightPaths),
  }
}

/** One file wins over shards, as in transformers. */
async function findWeights(root: string, names: ReadonlySet<string>): Promise<string[]> {
  if (names.has('model.safetensors')) return [join(root, 'model.safetensors')]
  if (names.has('model.safetensors.index.json')) return await readShardPaths(join(root, 'model.safetensors.index.json'))
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
