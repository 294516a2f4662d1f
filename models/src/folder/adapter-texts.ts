import { openModelSource } from '../read/open.js'
import { readAdapterTexts } from '../read/peft/adapter-texts.js'
import { mergeAdvice } from '../read/peft/merge-advice.js'
import type { Adapter, ModelSource } from '../source.js'
import { chatTemplateName, readTemplate } from './text-files.js'
import { readTextTokens } from './text-tokens.js'
import { compareTokens } from './token-ids.js'

type Texts = Pick<ModelSource, 'textFiles' | 'config' | 'generationConfig'>
type TextFiles = Texts['textFiles']

const settingsNames = ['tokenizer_config.json', 'special_tokens_map.json']

/**
 * Returns the text files of a model with an adapter: those of the adapter, and those of the base
 * that the adapter lacks.
 */
export function withAdapterTexts(base: Texts, own: TextFiles): Texts {
  if (own.size === 0) return base
  const textFiles = new Map(base.textFiles)
  // Settings of two tokenizers do not fit together.
  if (settingsNames.some((name) => own.has(name))) for (const name of settingsNames) textFiles.delete(name)
  for (const [name, bytes] of own) textFiles.set(name, bytes)
  const template = readTemplate(own) ?? readTemplate(base.textFiles)
  if (template !== null) textFiles.set(chatTemplateName, template)
  return { ...base, textFiles }
}

/**
 * Checks that the base has a row for each token of the adapter's own tokenizer.
 * @param rows the rows of the base's embedding
 * @throws Error with the first token without a row
 */
export function assertTokensFit({ name, textFiles }: Adapter, rows: number): void {
  const outside = [...(readTextTokens(textFiles) ?? [])].filter(([id]) => id >= rows).sort(([a], [b]) => a - b)
  const [first] = outside
  if (first !== undefined)
    throw new Error(
      `the tokenizer of the adapter ${name} has the token ${JSON.stringify(first[1])} with the id ${first[0]}, ` +
        `and the embedding of its base has ${rows} rows: ${outside.length === 1 ? 'a token was' : `${outside.length} tokens were`} ` +
        `added in training, and the resized embedding is not in the base. ${mergeAdvice}`,
    )
}

/**
 * Checks that an adapter and its base have the same tokens, so that both decode together.
 * @throws Error with the first difference
 */
export function assertSameTokens(base: TextFiles, { name, textFiles }: Adapter): void {
  const difference = compareTokenizers(base, textFiles)
  if (difference !== null)
    throw new Error(
      `the adapter ${name} has its own tokenizer, which differs from that of its base: ${difference}. ` +
        'One folder serves both models of a pair, so they need the same tokens',
    )
}

/** The differences between the text of an adapter and that of its base. */
export interface AdapterTextDifferences {
  /** The first token id that differs; null if the tokens are the same. */
  readonly tokens: string | null
  /** Whether the adapter has another chat template. */
  readonly template: boolean
}

/**
 * Compares the text files of an adapter with those of its base.
 * @param source a Hugging Face folder or a .gguf file
 * @throws Error with a file that cannot be read
 */
export async function compareAdapterTexts(source: string, adapter: string): Promise<AdapterTextDifferences> {
  const { textFiles: own } = await readAdapterTexts(adapter)
  if (own.size === 0) return { tokens: null, template: false }
  const base = await openModelSource(source)
  await base.weights.close()
  const [ownTemplate, template] = [readTemplate(own), readTemplate(base.textFiles)]
  return {
    tokens: compareTokenizers(base.textFiles, own),
    template: ownTemplate !== null && (template === null || Buffer.compare(ownTemplate, template) !== 0),
  }
}

/** Compares the tokenizer of the base with that of the model with the adapter, as it is served. */
function compareTokenizers(base: TextFiles, own: TextFiles): string | null {
  const texts = { textFiles: base, config: {}, generationConfig: null }
  const [first, second] = [readTextTokens(base), readTextTokens(withAdapterTexts(texts, own).textFiles)]
  if (first === null || second === null) return null
  return compareTokens(first, second, ['the base', 'the adapter'])
}
