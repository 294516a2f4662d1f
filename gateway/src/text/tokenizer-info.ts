import { z } from 'zod'
import type { Text } from './text.js'

/** What vLLM's `GET /tokenizer_info` returns: tokenizer_config.json with the chat template. */
export interface TokenizerInfo {
  readonly tokenizer_class: string
  readonly bos_token: string | null
  readonly eos_token: string | null
  /** Null if the model has none. */
  readonly chat_template: string | null
  /** The other keys of tokenizer_config.json. */
  readonly [key: string]: unknown
}

/** The class in vLLM's answer for a tokenizer without a name. */
const usualClass = 'PreTrainedTokenizerFast'
/** Keys that name files of the machine that saved the tokenizer. */
const pathKeys = ['vocab_file', 'merges_file', 'tokenizer_file', 'name_or_path', 'special_tokens_map_file']

const configSchema = z.record(z.string(), z.unknown())
const tokenSchema = z.object({ content: z.string() })

/**
 * Describes a tokenizer as vLLM does. Tokens with flags become their text. If the file names no BOS
 * or EOS, those of the model are used: clients encode the text and expect the id of the token.
 * @param files the text files of a model, which `openText` has accepted
 */
export function readTokenizerInfo(files: ReadonlyMap<string, Uint8Array>, text: Text): TokenizerInfo {
  const config = readConfig(files.get('tokenizer_config.json'))
  for (const key of pathKeys) delete config[key]
  const template = files.get('chat_template.jinja')
  return {
    ...config,
    tokenizer_class: textOf(config.tokenizer_class) ?? usualClass,
    bos_token: textOf(config.bos_token) ?? nameOf(text, text.bosTokenId),
    eos_token: textOf(config.eos_token) ?? nameOf(text, text.eosTokenIds[0] ?? null),
    chat_template: template === undefined ? findTemplate(config.chat_template) : new TextDecoder().decode(template),
  }
}

function readConfig(bytes: Uint8Array | undefined): Record<string, unknown> {
  if (bytes === undefined) return {}
  const parsed = configSchema.safeParse(JSON.parse(new TextDecoder().decode(bytes)))
  return Object.fromEntries(Object.entries(parsed.data ?? {}).map(([key, value]) => [key, withoutFlags(value)]))
}

/** Replaces each token with flags, `{"content": "<s>", "lstrip": false, ...}`, by its text. */
function withoutFlags(value: unknown): unknown {
  const token = tokenSchema.safeParse(value)
  if (token.success) return token.data.content
  if (Array.isArray(value)) return value.map(withoutFlags)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withoutFlags(item)]))
}

const textOf = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null)

const nameOf = (text: Text, id: number | null): string | null => (id === null ? null : (text.tokenName(id) ?? null))

/** The template in tokenizer_config.json: a text, or the one of several that is named "default". */
function findTemplate(templates: unknown): string | null {
  if (!Array.isArray(templates)) return textOf(templates)
  const found = templates.find((one: { name?: unknown } | null) => one?.name === 'default')
  return textOf((found as { template?: unknown } | undefined)?.template)
}
