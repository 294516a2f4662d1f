import { z } from 'zod'
import { maxTopK } from '../decode/strategies/sampling.js'
import { wellFormed } from '../text/index.js'
import { joinIssue, wordIssue } from '../word-issue.js'
import { adjustmentFields } from './adjustments.js'
import { ApiError } from './api-error.js'
import { decodingReference, toJsonSchema } from './json-schema.js'
import { requestLimits } from './limits.js'
import { requestIdSchema } from './request-id.js'

/** OpenAI's fields are nullable nearly everywhere: null is the default. A default that is not null is in the `meta`, for /openapi.json. */
const optional = <T extends z.ZodType>(schema: T) => schema.nullish().transform((value) => value ?? undefined)
const flag = (byDefault: boolean) =>
  z
    .boolean()
    .nullish()
    .transform((value) => value ?? byDefault)
    .meta({ default: byDefault })

const { stops: maxStops, stopLength: maxStopLength, stopTokenIds: maxStopTokenIds, answers: maxAnswers } = requestLimits

/** Its length is checked before its items are. */
const shortList = <T extends z.ZodType>(item: T, most: number) =>
  z
    .custom<unknown[]>((list) => Array.isArray(list) && list.length <= most, `must be a list of at most ${most}`)
    .meta({ type: 'array', maxItems: most, items: toJsonSchema(item) })
    .pipe(z.array(item))

/** Of parameters that a strategy may take from the top level. */
const ofDraws = "Acts on `sample` and on formulas that draw; by default the strategy's."

const stopString = z.string().min(1).max(maxStopLength)

/** What both endpoints take. Units: tokens. */
export const commonFields = {
  model: z
    .string({ error: 'must name a model; /v1/models lists them' })
    .max(512)
    .describe("The pair's name, which means `aad`, or the pair's name, a slash and a strategy; /v1/models lists them."),
  max_tokens: optional(z.int().min(0)).describe(
    'The most tokens of an answer; by default 16. The prompt and these must fit the context. 0 goes with `echo`.',
  ),
  min_tokens: optional(z.int().min(0))
    .transform((value) => value ?? 0)
    .meta({
      description: 'Before so many tokens no end token is picked, and no stop string counts.',
      default: 0,
    }),
  temperature: optional(z.number().min(0).max(2)).describe(
    `Divides the scores before a draw; 0: the best token. ${ofDraws}`,
  ),
  top_p: optional(z.number().gt(0).max(1)).describe(
    `A draw is among the most probable tokens that have this probability together; 1: all. ${ofDraws}`,
  ),
  top_k: optional(z.int().min(-1).max(maxTopK)).describe(
    `A draw is among so many of the most probable tokens; -1 and 0: all. ${ofDraws}`,
  ),
  min_p: optional(z.number().min(0).max(1)).describe(
    `A draw is among tokens at least so probable, relative to the most probable one; 0: all. ${ofDraws}`,
  ),
  seed: optional(z.int()).describe(
    'Of every method that draws: the same seed gives the same tokens; by default random, and the answer tells it.',
  ),
  n: optional(z.int().min(1).max(maxAnswers))
    .transform((value) => value ?? 1)
    .meta({ description: 'Answers to each prompt, of methods that draw.', default: 1 }),
  stop: optional(
    z.union([stopString, shortList(stopString, maxStops)], {
      error: `must be a string or at most ${maxStops} strings, of 1 to ${maxStopLength} characters each`,
    }),
    // Half of a surrogate pair would cut characters in two; an encoder takes it for U+FFFD.
  )
    .transform((value) => (typeof value === 'string' ? [value] : (value ?? [])).map(wellFormed))
    .describe('Strings that end the answer, across tokens too; they are not in its text. By default none.'),
  stop_token_ids: optional(shortList(z.int().min(0), maxStopTokenIds))
    .transform((value) => value ?? [])
    .meta({ description: 'Token ids that end the answer.', default: [] }),
  include_stop_str_in_output: flag(false).describe('Keeps the stop string in the text.'),
  skip_special_tokens: flag(true).describe('Leaves special tokens out of the text.'),
  ignore_eos: flag(false).describe("The model's end tokens do not end the answer."),
  ...adjustmentFields,
  prompt_logprobs: optional(z.int().min(0).max(requestLimits.promptLogprobs)).describe(
    'Adds log-probabilities of each prompt, in nats, by the DPO model: of its tokens and of so many of the most probable ones; not with `stream`.',
  ),
  truncate_prompt_tokens: optional(
    z
      .int()
      .min(-1)
      .refine((count) => count !== 0, 'must be at least 1; -1 leaves the prompt whole')
      .meta({ not: { const: 0 } }),
  )
    .transform((count) => (count === -1 ? undefined : count))
    .describe('Keeps the last so many tokens of each prompt; -1, as by default, keeps all.'),
  cache_salt: optional(z.string().min(1).max(requestLimits.cacheSaltLength)).describe(
    'What prompts have in common is computed once among requests of the same API key and salt alone.',
  ),
  request_id: optional(requestIdSchema).describe('The name of the request, where `x-request-id` gives none.'),
  return_token_ids: flag(false).describe('Adds `token_ids` and `prompt_token_ids` to the answer.'),
  return_tokens_as_token_ids: flag(false).describe('Log-probabilities name tokens `token_id:ID`.'),
  stream: flag(false).describe('Sends the answer as server-sent events while it is decoded.'),
  stream_options: optional(
    z.object({
      include_usage: flag(false).describe('Sends the token counts in a last chunk without choices.'),
      continuous_usage_stats: flag(false).describe('With `include_usage`: every chunk has the counts so far.'),
    }),
  ).describe('Of a stream; with `stream: true` alone.'),
  // Not z.record, whose copy loses a key named __proto__.
  decoding: optional(
    z.custom<Readonly<Record<string, unknown>>>(isObject, 'must be an object').meta(decodingReference),
  ).describe("How to decode: `strategy`, its parameters, `detail` and `path`; by default the model's strategy."),
}

export const fieldKinds = { optional, flag }

/** @throws ApiError 400 naming the field */
export function parseFields<T extends z.ZodType>(schema: T, value: unknown, prefix = ''): z.output<T> {
  const result = schema.safeParse(value, { error: wordIssue })
  if (result.success) return result.data
  const [{ path: place = [], message = '' } = {}] = result.error.issues
  const path = [prefix, ...place.map(String)].filter((part) => part !== '').join('.')
  const param = path === '' ? {} : { param: path }
  throw new ApiError(400, joinIssue(path || 'the body', message), param)
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
