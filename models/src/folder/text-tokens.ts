import { z } from 'zod'
import { parseTokenizerFile } from '../parse-file.js'
import { readTokens } from '../read/tokens.js'
import { readTokenizerConfig } from './text-files.js'

const token = z.union([z.string(), z.looseObject({ content: z.string() })])
const configSchema = z.looseObject({
  added_tokens_decoder: z.record(z.string(), z.looseObject({ content: z.string() })).nullish(),
  additional_special_tokens: z.array(token).nullish(),
  extra_special_tokens: z.union([z.array(token), z.record(z.string(), token)]).nullish(),
})

/** transformers' order. */
const namedKeys = ['bos_token', 'eos_token', 'unk_token', 'sep_token', 'pad_token', 'cls_token', 'mask_token']

/**
 * Reads the tokens of text files by id, as the gateway serves them: those of tokenizer.json, and
 * those that tokenizer_config.json or special_tokens_map.json add. A token without an id gets the
 * next free one.
 * @returns null without a tokenizer.json
 * @throws Error with a file that is wrong
 */
export function readTextTokens(files: ReadonlyMap<string, Uint8Array>): Map<number, string> | null {
  const tokenizer = files.get('tokenizer.json')
  if (tokenizer === undefined) return null
  const tokens = readTokens(tokenizer)
  const config = parseTokenizerFile(configSchema, readTokenizerConfig(files) ?? {}, 'tokenizer_config.json')
  const known = new Set(tokens.values())
  const add = (content: string, id: number) => {
    if (content === '' || known.has(content)) return
    known.add(content)
    tokens.set(id, content)
  }
  for (const [id, { content }] of Object.entries(config.added_tokens_decoder ?? {})) add(content, Number(id))
  for (const content of namedTokens(config)) add(content, nextId(tokens))
  return tokens
}

const nextId = (tokens: ReadonlyMap<number, string>): number =>
  [...tokens.keys()].reduce((a, b) => Math.max(a, b), -1) + 1

function namedTokens(config: z.output<typeof configSchema>): string[] {
  const extra = config.extra_special_tokens ?? []
  const others = Object.keys(config).filter((key) => key.endsWith('_token') && !namedKeys.includes(key))
  const named = [...namedKeys, ...others].map((key) => config[key])
  const listed = [...Object.values(extra), ...(config.additional_special_tokens ?? [])]
  return [...named, ...listed].flatMap((value) => {
    const { data } = token.safeParse(value)
    return data === undefined ? [] : [typeof data === 'string' ? data : data.content]
  })
}
