import type { GenerationRequest, Judge } from '../decode/answers/generation-request.js'
import type { BoundStrategy } from '../decode/strategies/bound-strategy.js'
import type { Pair } from '../session/pair.js'
import { type AdjustmentFields, toAdjustments } from './adjustments.js'
import { invalidRequest } from './api-error.js'
import { assertSessions } from './assert-sessions.js'
import type { Decoding } from './decoding.js'
import { type PromptLimits, tooLong } from './prompt-size.js'

/** What both endpoints' fields say of a generation, once parsed. */
export interface GenerationFields extends AdjustmentFields {
  readonly min_tokens: number
  readonly stop: readonly string[]
  readonly stop_token_ids: readonly number[]
  readonly include_stop_str_in_output: boolean
  readonly skip_special_tokens: boolean
  readonly ignore_eos: boolean
  readonly n: number
}

export interface GenerationWishes {
  readonly promptIds: readonly number[]
  /** The name of the field that gave the prompt. */
  readonly promptField: 'prompt' | 'messages'
  /** Undefined: `defaultMaxTokens`, or what the context leaves. */
  readonly maxTokens: number | undefined
  readonly defaultMaxTokens: number
  readonly topLogprobs: number | null
  readonly promptLogprobs: number | null
  readonly judge: Judge | null
}

/** @throws ApiError 400 where the prompt is empty, names an id that is not there, or leaves no room in the context */
export function toGenerationRequest(
  pair: Pair,
  fields: GenerationFields,
  decoding: Decoding,
  wishes: GenerationWishes,
  { maxPromptTokens }: PromptLimits,
): GenerationRequest {
  const { promptIds, promptField } = wishes
  if (promptIds.length === 0)
    throw invalidRequest(`${promptField} is empty: it must give at least one token`, promptField)
  assertIds(promptIds, pair.vocabularyLimit, promptField)
  assertIds(fields.stop_token_ids, pair.vocabularyLimit, 'stop_token_ids')
  if (promptIds.length > maxPromptTokens)
    throw tooLong(
      `this server takes prompts of at most ${maxPromptTokens} tokens; yours has ${promptIds.length}`,
      promptField,
    )
  assertAnswers(fields.n, decoding.method)
  const maxTokens = roomFor(pair.contextLength, wishes)
  if (fields.min_tokens > maxTokens)
    throw invalidRequest(
      `min_tokens is ${fields.min_tokens}: it must not be above max_tokens, ${maxTokens}`,
      'min_tokens',
    )
  const eosTokenIds = pair.eosTokenIds.filter((id) => id < pair.vocabularyLimit)
  const endTokenIds = new Set([...(fields.ignore_eos ? [] : eosTokenIds), ...fields.stop_token_ids])
  const request: GenerationRequest = {
    promptIds,
    strategy: decoding.method,
    path: decoding.path,
    vocabularySize: pair.vocabularyLimit,
    maxTokens,
    minTokens: fields.min_tokens,
    adjustments: toAdjustments(fields, pair.vocabularyLimit),
    endTokenIds: [...endTokenIds],
    ignoresEndTokens: fields.ignore_eos,
    stopTokenIds: new Set(fields.stop_token_ids),
    eosTokenIds: new Set(eosTokenIds),
    topLogprobs: wishes.topLogprobs,
    promptLogprobs: wishes.promptLogprobs,
    detail: decoding.detail,
    stops: fields.stop,
    includesStop: fields.include_stop_str_in_output,
    skipsSpecialTokens: fields.skip_special_tokens,
    answerCount: fields.n,
    judge: wishes.judge,
  }
  assertSessions(request, pair.models)
  return request
}

/** Several answers that are all the same are no use to anyone. */
function assertAnswers(n: number, method: BoundStrategy): void {
  if (n === 1 || (method.kind === 'token' && method.isRandom)) return
  throw invalidRequest(
    `n is ${n}: ${method.name} gives the same answer each time, or chooses one itself; leave n out, or sample with a temperature above 0`,
    'n',
  )
}

/** @throws ApiError 400 naming the first id that the model does not have */
export function assertIds(ids: readonly number[], limit: number, param: string): void {
  const wrong = ids.findIndex((id) => id >= limit)
  if (wrong >= 0)
    throw invalidRequest(`${param}[${wrong}] is ${ids[wrong]}: token ids of this model are below ${limit}`, param)
}

function roomFor(
  contextLength: number,
  { promptIds, promptField, maxTokens, defaultMaxTokens }: GenerationWishes,
): number {
  const room = contextLength - promptIds.length
  const asked = maxTokens ?? 1
  if (asked > room)
    throw tooLong(
      `This model's maximum context length is ${contextLength} tokens. However, you requested ` +
        `${promptIds.length + asked} tokens (${promptIds.length} in the ${promptField}, ${asked} in the completion). ` +
        'Please reduce the length of the prompt or of the completion.',
      promptField,
    )
  return maxTokens ?? Math.min(room, defaultMaxTokens)
}
