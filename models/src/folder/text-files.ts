import { z } from 'zod'
import { parseTokenizerFile } from '../parse-file.js'
import { parseJsonObject } from '../read/json-file.js'
import type { ModelSource } from '../source.js'

/** The file of the chat template in a model folder. */
export const chatTemplateName = 'chat_template.jinja'
const configName = 'tokenizer_config.json'
const specialTokensName = 'special_tokens_map.json'

/**
 * Older checkpoints have the template in tokenizer_config.json, as one text or as a list of named
 * texts.
 */
const tokenizerConfigSchema = z.looseObject({
  chat_template: z.union([z.string(), z.array(z.looseObject({ name: z.string(), template: z.string() }))]).nullish(),
})

/**
 * Returns the text files of a model folder: those of the source and both configs. The chat template
 * always has its own file, and tokenizer_config.json includes what transformers reads from
 * special_tokens_map.json.
 * @throws Error if there is no tokenizer.json, or if a file is not JSON
 */
export function folderTextFiles(source: Pick<ModelSource, 'textFiles' | 'config' | 'generationConfig'>) {
  const files = new Map(source.textFiles)
  const tokenizer = files.get('tokenizer.json')
  if (tokenizer === undefined)
    throw new Error(
      'the source has no tokenizer.json: save one next to the weights with transformers: ' +
        'AutoTokenizer.from_pretrained(...).save_pretrained(...)',
    )
  parseJsonObject(tokenizer, 'tokenizer.json')
  const addJson = (name: string, value: unknown) => {
    if (value !== null && !files.has(name)) files.set(name, encodeJson(value))
  }
  addJson('config.json', source.config)
  addJson('generation_config.json', source.generationConfig)
  const config = readConfig(files)
  const template = readTemplate(files)
  if (config !== null) files.set(configName, config.bytes)
  if (template !== null) files.set(chatTemplateName, template)
  return files
}

/** Returns the chat template of text files: its own file, or a text in tokenizer_config.json. */
export function readTemplate(files: ReadonlyMap<string, Uint8Array>): Uint8Array | null {
  const own = files.get(chatTemplateName)
  if (own !== undefined) return own
  const template = inlineTemplate(readConfig(files)?.value ?? {})
  return template === null ? null : new TextEncoder().encode(template)
}

const encodeJson = (value: unknown) => new TextEncoder().encode(`${JSON.stringify(value, null, 2)}\n`)

/** Returns tokenizer_config.json with what transformers reads from special_tokens_map.json. */
export const readTokenizerConfig = (files: ReadonlyMap<string, Uint8Array>) => readConfig(files)?.value ?? null

type JsonFile = { readonly value: Readonly<Record<string, unknown>>; readonly bytes: Uint8Array }

function readJson(files: ReadonlyMap<string, Uint8Array>, name: string): JsonFile | null {
  const bytes = files.get(name)
  return bytes === undefined ? null : { value: parseJsonObject(bytes, name), bytes }
}

/**
 * Reads tokenizer_config.json. Older versions of it lack `added_tokens_decoder`: then
 * special_tokens_map.json names the special tokens, and its names win.
 */
function readConfig(files: ReadonlyMap<string, Uint8Array>): JsonFile | null {
  const config = readJson(files, configName)
  const special = readJson(files, specialTokensName)?.value
  if (special === undefined || config?.value.added_tokens_decoder !== undefined) return config
  const value = { ...config?.value, ...special }
  const lists = [config?.value.extra_special_tokens, special.extra_special_tokens]
  if (lists.every(Array.isArray)) value.extra_special_tokens = lists.flat()
  return { value, bytes: encodeJson(value) }
}

function inlineTemplate(config: JsonFile['value']): string | null {
  const { chat_template: template = null } = parseTokenizerFile(tokenizerConfigSchema, config, configName)
  if (template === null || typeof template === 'string') return template
  return template.find(({ name }) => name === 'default')?.template ?? null
}
