import type { GenerationRequest, Judge } from '../../decode/answers/generation-request.js'
import type { BoundStrategy } from '../../decode/strategies/bound-strategy.js'
import type { Pair } from '../../session/models/pair.js'
import { invalidRequest } from '../api-error.js'
import { type AdjustmentFields, toAdjustments } from './adjustments.js'
import { assertSessions, countSequences } from './assert-sessions.js'
import type { Decoding } from './decoding.js'
import { promptTooLong } from './prompt-limits.js'
import { requestLimits } from './request-limits.js'

/** The parsed fields of both endpoints that describe a generation. */
export interface GenerationFields extends AdjustmentFields {
  readonly min_tokens: number
  readonly stop: readonly string[]
  readonly stop_token_ids: readonly number[]
  readonly include_stop_str_in_output: boolean
  readonly skip_special_tokens: boolean
  readonly ignore_eos: boolean
  readonly n: number
}

/** What else a generation needs, which the endpoints prepare differently. */
export interface GenerationInput {
  readonly promptIds: readonly number[]
  /** The name of the field that gave the prompt. */
  readonly promptField: 'prompt' | 'messages'
  /** The server's own limit of a prompt, in tokens. */
  readonly maxPromptTokens: number
  /** Undefined: `defaultMaxTokens`, or less if the context ends before. */
  readonly maxTokens: number | undefined
  readonly defaultMaxTokens: number
  readonly topLogprobs: number | null
  readonly promptLogprobs: number | null
  readonly judge: Judge | null
}

/**
 * Builds the request to the decoder.
 * @throws ApiError 400 if the prompt is empty, has an id outside the vocabulary, or does not fit
 *   the context
 */
export function toGenerationRequest(
  pair: Pair,
  fields: GenerationFields,
  decoding: Decoding,
  input: GenerationInput,
): GenerationRequest {
  const { promptIds, promptField, maxPromptTokens } = input
  if (promptIds.length === 0) throw invalidRequest(`${promptField} is empty: expected at least one token`, promptField)
  assertIds(promptIds, pair.vocabularyLimit, promptField)
  assertIds(fields.stop_token_ids, pair.vocabularyLimit, 'stop_token_ids')
  if (promptIds.length > maxPromptTokens)
    throw promptTooLong(
      `this server accepts prompts of at most ${maxPromptTokens} tokens; yours has ${promptIds.length}`,
      promptField,
    )
  assertAnswers(fields.n, decoding.method)
  const sequences = countSequences({ strategy: decoding.method, answerCount: fields.n })
  const maxTokens = resolveMaxTokens(pair.contextLength, sequences, input)
  if (fields.min_tokens > maxTokens)
    throw invalidRequest(
      `min_tokens is ${fields.min_tokens}: expected at most max_tokens, which is ${maxTokens}`,
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
    logprobsOf: decoding.logprobsOf,
    topLogprobs: input.topLogprobs,
    promptLogprobs: input.promptLogprobs,
    detail: decoding.detail,
    stops: fields.stop,
    includesStop: fields.include_stop_str_in_output,
    skipsSpecialTokens: fields.skip_special_tokens,
    answerCount: fields.n,
    judge: input.judge,
  }
  assertSessions(request, pair.models)
  return request
}

/** Refuses several answers that would all be the same. */
function assertAnswers(n: number, method: BoundStrategy): void {
  if (n === 1 || (method.kind === 'token' && method.isRandom)) return
  throw invalidRequest(
    `n is ${n}: ${method.name} always returns one answer or the same answer; remove n, or sample with a temperature above 0`,
    'n',
  )
}

/**
 * Asserts that all ids are in the vocabulary.
 * @throws ApiError 400 that names the first one outside
 */
export function assertIds(ids: readonly number[], limit: number, param: string): void {
  const wrong = ids.findIndex((id) => id >= limit)
  if (wrong >= 0)
    throw invalidRequest(`${param}[${wrong}] is ${ids[wrong]}: token ids of this model are below ${limit}`, param)
}

function resolveMaxTokens(
  contextLength: number,
  sequences: number,
  { promptIds, promptField, maxTokens, defaultMaxTokens }: GenerationInput,
): number {
  const available = contextLength - promptIds.length
  const requested = maxTokens ?? 1
  if (requested > available)
    throw promptTooLong(
      `This model's maximum context length is ${contextLength} tokens. However, you requested ` +
        `${promptIds.length + requested} tokens (${promptIds.length} in the ${promptField}, ${requested} in the completion). ` +
        'Please reduce the length of the prompt or of the completion.',
      promptField,
    )
  return maxTokens ?? Math.min(available, defaultMaxTokens, Math.floor(requestLimits.generatedTokens / sequences))
}
