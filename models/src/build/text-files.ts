import { z } from 'zod'
import type { ModelSource } from '../read/source.js'

export const chatTemplateName = 'chat_template.jinja'

/** Older checkpoints keep the template inside tokenizer_config.json, alone or as a list of named ones. */
const tokenizerConfigSchema = z.looseObject({
  chat_template: z.union([z.string(), z.array(z.looseObject({ name: z.string(), template: z.string() }))]).nullish(),
})

/**
 * The text files of a model folder: the source's own, with both configs, and the chat template always in a file of its own.
 * @throws Error where there is no tokenizer.json.
 */
export function folderTextFiles(source: ModelSource): Map<string, Uint8Array> {
  const files = new Map(source.textFiles)
  if (!files.has('tokenizer.json'))
    throw new Error(
      'the source has no tokenizer.json; save one beside the weights with transformers: AutoTokenizer.from_pretrained(...).save_pretrained(...)',
    )
  const addJson = (name: string, value: unknown) => {
    if (value !== null && !files.has(name)) files.set(name, encode(`${JSON.stringify(value, null, 2)}\n`))
  }
  addJson('config.json', source.config)
  addJson('generation_config.json', source.generationConfig)
  const template = files.has(chatTemplateName) ? null : inlineTemplate(files.get('tokenizer_config.json'))
  if (template !== null) files.set(chatTemplateName, encode(template))
  return files
}

const encode = (text: string) => new TextEncoder().encode(text)

function inlineTemplate(tokenizerConfig: Uint8Array | undefined): string | null {
  if (tokenizerConfig === undefined) return null
  const result = tokenizerConfigSchema.safeParse(JSON.parse(new TextDecoder().decode(tokenizerConfig)))
  if (!result.success) throw new Error(`tokenizer_config.json cannot be used. ${z.prettifyError(result.error)}`)
  const template = result.data.chat_template ?? null
  if (template === null || typeof template === 'string') return template
  return template.find(({ name }) => name === 'default')?.template ?? null
}
