import type { Fields, Prompt, PromptFile } from '../prompts/index.js'
import { rowSeed } from './row-seed.js'

/** What the requests of a batch have in common. */
export interface RequestSettings {
  /** The model of rows that name none, unless `body` names one. */
  readonly model: string
  /** Fields of every request. They win over those of the row; `decoding` is merged key by key. */
  readonly body: Fields
  /** Base seed; each row gets its own seed from it. */
  readonly seed: number
  /** The number of answers to each prompt. */
  readonly samples: number
}

/** Fields that a batch sets itself, with what to use instead. */
const ownFields: Readonly<Record<string, string>> = {
  messages: 'the file of prompts has them',
  prompt: 'the file of prompts has it',
  seed: 'use --seed, from which each row gets its own',
  n: 'use --samples, which makes a row for each answer',
  stream: 'the file gets whole answers',
  stream_options: 'the file gets whole answers',
  request_id: 'each row has its own',
}
const ownDecodingFields: Readonly<Record<string, string>> = {
  seed: ownFields.seed ?? '',
  timings: 'times differ between two runs',
}

/**
 * Refuses fields that a batch sets itself.
 * @throws Error naming the field, and what to use instead
 */
export function assertBatchBody(body: Fields): void {
  assertWithout(body, ownFields, '')
  if (isFields(body.decoding)) assertWithout(body.decoding, ownDecodingFields, 'decoding.')
}

/**
 * Refuses texts without a limit of tokens, because the default of the server is small.
 * @throws Error naming the file and the setting
 */
export function requireLength({ path, hasTexts }: Pick<PromptFile, 'path' | 'hasTexts'>, body: Fields): void {
  if (!hasTexts || 'max_tokens' in body || 'max_completion_tokens' in body) return
  throw new Error(`${path} has texts: /v1/completions generates only 16 tokens by default. Set --max-tokens`)
}

function assertWithout(body: Fields, fields: Readonly<Record<string, string>>, prefix: string): void {
  const name = Object.keys(body).find((key) => key in fields)
  if (name !== undefined) throw new Error(`${prefix}${name} cannot be set for a batch: ${fields[name]}`)
}

/** The seed of an answer. A row of OpenAI's form may bring its own. */
export function seedOf({ body, index }: Prompt, sample: number, { seed, samples }: RequestSettings): number {
  const own = typeof body.seed === 'number' ? body.seed : null
  if (own === null) return rowSeed(seed, index, sample)
  return samples === 1 ? own : rowSeed(own, sample)
}

/** The body of the request for an answer. */
export function requestBody(prompt: Prompt, seed: number, { model, body }: RequestSettings): Fields {
  const { stream: _stream, stream_options: _options, request_id: _id, ...row } = prompt.body
  const decoding = {
    ...(isFields(row.decoding) ? row.decoding : {}),
    ...(isFields(body.decoding) ? body.decoding : {}),
  }
  return {
    model,
    ...row,
    ...body,
    ...(Object.keys(decoding).length === 0 ? {} : { decoding }),
    ...(typeof prompt.prompt === 'string' ? { prompt: prompt.prompt } : { messages: prompt.prompt }),
    seed,
  }
}

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
