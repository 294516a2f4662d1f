import { z } from 'zod'
import { maxTopK } from '../decode/strategies/sampling.js'
import { wellFormed } from '../text/index.js'
import { adjustmentFields } from './adjustments.js'
import { ApiError } from './api-error.js'
import { decodingReference, toJsonSchema } from './json-schema.js'
import { requestLimits } from './limits.js'
import { requestIdSchema } from './request-id.js'

/** OpenAI's fields are nullable nearly everywhere: null is the default. */
const optional = <T extends z.ZodType>(schema: T) => schema.nullish().transform((value) => value ?? undefined)
const flag = (byDefault: boolean) =>
  z
    .boolean()
    .nullish()
    .transform((value) => value ?? byDefault)

const { stops: maxStops, stopLength: maxStopLength, stopTokenIds: maxStopTokenIds, answers: maxAnswers } = requestLimits

/** Its length is checked before its items are. */
const shortList = <T extends z.ZodType>(item: T, most: number) =>
  z
    .custom<unknown[]>((list) => Array.isArray(list) && list.length <= most, `must be a list of at most ${most}`)
    .meta({ type: 'array', maxItems: most, items: toJsonSchema(item) })
    .pipe(z.array(item))

const stopString = z.string().min(1).max(maxStopLength)

/** What both endpoints take. Units: tokens. */
export const commonFields = {
  model: z.string({ error: 'must name a model; /v1/models lists them' }).max(512),
  max_tokens: optional(z.int().min(0)),
  min_tokens: optional(z.int().min(0)).transform((value) => value ?? 0),
  temperature: optional(z.number().min(0).max(2)),
  top_p: optional(z.number().gt(0).max(1)),
  top_k: optional(z.int().min(-1).max(maxTopK)),
  min_p: optional(z.number().min(0).max(1)),
  seed: optional(z.int()),
  n: optional(z.int().min(1).max(maxAnswers)).transform((value) => value ?? 1),
  stop: optional(
    z.union([stopString, shortList(stopString, maxStops)], {
      error: `must be a string or at most ${maxStops} strings, of 1 to ${maxStopLength} characters each`,
    }),
    // Half of a surrogate pair would cut characters in two; an encoder takes it for U+FFFD.
  ).transform((value) => (typeof value === 'string' ? [value] : (value ?? [])).map(wellFormed)),
  stop_token_ids: optional(shortList(z.int().min(0), maxStopTokenIds)).transform((value) => value ?? []),
  include_stop_str_in_output: flag(false),
  skip_special_tokens: flag(true),
  ignore_eos: flag(false),
  ...adjustmentFields,
  prompt_logprobs: optional(z.int().min(0).max(requestLimits.promptLogprobs)),
  truncate_prompt_tokens: optional(
    z
      .int()
      .min(-1)
      .refine((count) => count !== 0, 'must be at least 1; -1 leaves the prompt whole')
      .meta({ not: { const: 0 } }),
  ).transform((count) => (count === -1 ? undefined : count)),
  cache_salt: optional(z.string().min(1).max(requestLimits.cacheSaltLength)),
  request_id: optional(requestIdSchema),
  return_token_ids: flag(false),
  return_tokens_as_token_ids: flag(false),
  stream: flag(false),
  stream_options: optional(z.object({ include_usage: flag(false), continuous_usage_stats: flag(false) })),
  // Not z.record, whose copy loses a key named __proto__.
  decoding: optional(
    z.custom<Readonly<Record<string, unknown>>>(isObject, 'must be an object').meta(decodingReference),
  ),
}

export const fieldKinds = { optional, flag }

/** @throws ApiError 400 naming the field */
export function parseFields<T extends z.ZodType>(schema: T, value: unknown, prefix = ''): z.output<T> {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const [issue] = result.error.issues
  const path = [prefix, ...(issue?.path ?? []).map(String)].filter((part) => part !== '').join('.')
  const param = path === '' ? {} : { param: path }
  throw new ApiError(400, path === '' ? `the body ${issue?.message}` : `${path}: ${issue?.message}`, param)
}

/** The body as an object, before its fields are read. @throws ApiError 400 */
export function parseBody(text: string): Record<string, unknown> {
  let body: unknown
  try {
    body = JSON.parse(text)
  } catch (cause) {
    throw new ApiError(400, 'the body is not JSON', { cause })
  }
  if (isObject(body)) return body
  throw new ApiError(400, 'the body must be a JSON object')
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
