import { z } from 'zod'
import { parseJsonObject } from '../read/json-file.js'
import { generationSchema, specialTokenFields, union } from '../special-tokens.js'
import { findTokenId } from './token-ids.js'

/** The end tokens that one file names. */
interface EndTokenNames {
  /** The file and its ids in messages: `config.json 2`. */
  readonly shown: string
  readonly ids: readonly number[]
}

const configSchema = z.looseObject({ eos_token_id: specialTokenFields.eos_token_id })
const tokenSchema = z.looseObject({
  eos_token: z.union([z.string(), z.looseObject({ content: z.string() })]).nullish(),
})

/**
 * Returns the end tokens that each text file of a model folder names. Files without any, or with
 * values of another type, are left out: other readers report them.
 */
function readEndTokens(files: ReadonlyMap<string, Uint8Array>): EndTokenNames[] {
  const fromIds = (file: string, schema: typeof configSchema | typeof generationSchema) => {
    const ids = [schema.safeParse(readJson(files, file)).data?.eos_token_id ?? []].flat()
    return ids.length === 0 ? [] : [{ ids, shown: `${file} ${ids.join(', ')}` }]
  }
  return [
    ...fromIds('generation_config.json', generationSchema),
    ...fromIds('config.json', configSchema),
    ...readTokenizerEnd(files),
  ]
}

/** Adds the end tokens that only the text files of a model name. */
export const withEndTokens = <T extends { readonly eosTokenIds: readonly number[] }>(
  model: T,
  files: ReadonlyMap<string, Uint8Array>,
): T => ({
  ...model,
  eosTokenIds: readEndTokens(files).reduce<readonly number[]>((ids, named) => union(ids, named.ids), model.eosTokenIds),
})

/**
 * Describes files that name different end tokens; null if the file that transformers' generation
 * reads (generation_config.json, or config.json without it) names all of them.
 */
export function describeEndTokens(files: ReadonlyMap<string, Uint8Array>): string | null {
  const named = readEndTokens(files)
  const [first] = named
  if (first === undefined || named.every(({ ids }) => ids.every((id) => first.ids.includes(id)))) return null
  return named.map(({ shown }) => shown).join('; ')
}

function readTokenizerEnd(files: ReadonlyMap<string, Uint8Array>): EndTokenNames[] {
  const file = 'tokenizer_config.json'
  const { eos_token: end } = tokenSchema.safeParse(readJson(files, file)).data ?? {}
  const token = typeof end === 'string' ? end : end?.content
  const tokenizer = files.get('tokenizer.json')
  if (token === undefined || tokenizer === undefined) return []
  const id = findTokenId(tokenizer, token)
  return id === null ? [] : [{ ids: [id], shown: `${file} ${id} (${JSON.stringify(token)})` }]
}

function readJson(files: ReadonlyMap<string, Uint8Array>, name: string): Record<string, unknown> {
  const bytes = files.get(name)
  return bytes === undefined ? {} : parseJsonObject(bytes, name)
}
