import { readdir, readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { ModelSource } from '../source.js'
import { parseJsonObject } from './json-file.js'

const templateName = 'chat_template.jinja'
const oldTemplateName = 'chat_template.json'
const tokenizerNames = ['tokenizer.json', 'tokenizer_config.json', 'special_tokens_map.json', templateName]
const textFileNames = ['config.json', 'generation_config.json', ...tokenizerNames]

/** All files of a checkpoint that are read, except the weights. Most of them are optional. */
export const checkpointTextNames: readonly string[] = [...textFileNames, oldTemplateName]

/** The text files that an adapter can have of its own: a tokenizer and a chat template. */
export const adapterTextNames: readonly string[] = [...tokenizerNames, oldTemplateName]

/** A checkpoint without its weights. */
export type CheckpointTexts = Omit<ModelSource, 'weights'>

/**
 * Reads the text files of a folder that transformers saved. Its weights may be missing.
 * @throws Error with a file that cannot be read
 */
export async function readCheckpointTexts(folder: string): Promise<CheckpointTexts> {
  const root = resolve(folder)
  const { textFiles, files } = await readTextFiles(root, textFileNames)
  const json = (name: string) => {
    const bytes = textFiles.get(name)
    return bytes === undefined ? null : parseJsonObject(bytes, join(root, name))
  }
  return { config: json('config.json') ?? {}, generationConfig: json('generation_config.json'), textFiles, files }
}

/**
 * Reads those files of a folder that are there, and chat_template.json as chat_template.jinja.
 * @throws Error with a file that cannot be read
 */
export async function readTextFiles(
  root: string,
  wanted: readonly string[],
): Promise<Pick<CheckpointTexts, 'textFiles' | 'files'>> {
  const names = new Set(await readdir(root))
  const textFiles = new Map<string, Uint8Array>()
  for (const name of wanted) if (names.has(name)) textFiles.set(name, await readFile(join(root, name)))
  const files = [...textFiles.keys()].map((name) => join(root, name))
  if (!textFiles.has(templateName) && names.has(oldTemplateName)) {
    textFiles.set(templateName, await readTemplate(join(root, oldTemplateName)))
    files.push(join(root, oldTemplateName))
  }
  return { textFiles, files }
}

/** Reads the older form of chat_template.jinja, a JSON file with one key. */
async function readTemplate(path: string): Promise<Uint8Array> {
  const { chat_template: template } = parseJsonObject(await readFile(path), path)
  if (typeof template !== 'string') throw new Error(`${path} has no string "chat_template"`)
  return new TextEncoder().encode(template)
}
