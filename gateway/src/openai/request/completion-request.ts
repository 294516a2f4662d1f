import { z } from 'zod'
import type { Pair } from '../../session/models/pair.js'
import type { Echo, PreparedPrompt, PreparedRequest } from '../answer/answer.js'
import { createHead } from '../answer/answer-head.js'
import { createCompletionWriter } from '../answer/completion-answer.js'
import { promptOffsets, tokenOffsets } from '../answer/offsets/prompt-offsets.js'
import { createTokenFormat } from '../answer/token-format.js'
import { invalidRequest } from '../api-error.js'
import { assertGenerated } from './assert-generated.js'
import { assertPlacement, resolveDecoding, strategyOfModel } from './decoding.js'
import { commonFields, fieldKinds, parseFields } from './fields.js'
import { toGenerationRequest } from './generation-request.js'
import type { IncomingGeneration } from './incoming-request.js'
import { refuseJudge } from './judge.js'
import { PromptLimits, truncatePrompt } from './prompt-limits.js'
import { requestLimits } from './request-limits.js'
import { assertSampling } from './unsupported/assert-sampling.js'
import { assertSupported } from './unsupported/assert-supported.js'

const { optional, flag } = fieldKinds

const defaultMaxTokens = 16
// The minimum is checked later, together with the ids that a text is encoded to.
const tokenIds = z.array(z.int().min(0)).meta({ minItems: 1 })

/** The body of POST /v1/completions. */
export const completionSchema = z.object({
  ...commonFields,
  prompt: z
    .union([z.string(), tokenIds, z.array(z.string()).min(1), z.array(tokenIds).min(1)], {
      error: 'must be a string, a list of strings, a list of token ids, or a list of lists of token ids',
    })
    .transform(toPrompts)
    .describe(
      `The prompt to complete: a string, a list of token ids, or a list of up to ${requestLimits.prompts} strings or lists of token ids. ` +
        'Several prompts are decoded together, as far as the limits of the server and of the API key allow.',
    ),
  logprobs: optional(z.int().min(0).max(requestLimits.completionLogprobs)).describe(
    'The number of most likely tokens to return at each position, in addition to the chosen token, with their log-probabilities in nats. ' +
      '`decoding.logprobs_of` names the model. Defaults to none.',
  ),
  max_completion_tokens: optional(z.int().min(1)).describe(
    'The newer name of `max_tokens`. It takes precedence over `max_tokens`.',
  ),
  echo: flag(false).describe(
    'Whether to return the prompt before the answer, with its log-probabilities if `logprobs` is set.',
  ),
  add_special_tokens: flag(true).describe('Whether to add special tokens such as BOS to a prompt given as text.'),
})

type CompletionRequest = z.output<typeof completionSchema>
type Prompt = string | readonly number[]

function toPrompts(prompt: string | number[] | string[] | number[][]): Prompt[] {
  if (typeof prompt === 'string') return [prompt]
  const isNested = prompt.length > 0 && typeof prompt[0] !== 'number'
  return isNested ? (prompt as Prompt[]) : [prompt as number[]]
}

/** Validates a completion request and encodes its prompts as token ids. @throws ApiError */
export async function prepareCompletion(incoming: IncomingGeneration): Promise<PreparedRequest> {
  const { body, pair, maxPromptTokens, signal } = incoming
  assertSupported(body, 'completion')
  assertPlacement(body)
  new PromptLimits(pair, maxPromptTokens).assertPrompts(body.prompt, body.truncate_prompt_tokens)
  const request = parseFields(completionSchema, body)
  const strategy = strategyOfModel(incoming.pairName, request.model)
  const decoding = resolveDecoding(strategy, request.decoding ?? {}, request, pair.models)
  assertSampling(body, decoding.method)
  assertConsistent(request)
  const judge = refuseJudge(decoding.method)
  const ids = await toIds(request, pair, signal)
  const prompts = request.prompt.map((prompt, i): PreparedPrompt => {
    const wholeIds = ids[i] ?? []
    const promptIds = truncatePrompt(wholeIds, request.truncate_prompt_tokens)
    const sent = typeof prompt === 'string' && promptIds.length === wholeIds.length ? prompt : null
    const input = {
      promptIds,
      promptField: 'prompt' as const,
      maxPromptTokens,
      maxTokens: request.max_completion_tokens ?? request.max_tokens,
      defaultMaxTokens,
      topLogprobs: request.logprobs ?? null,
      promptLogprobs: promptLogprobsOf(request),
      judge,
    }
    return {
      request: toGenerationRequest(pair, request, decoding, input),
      echo: request.echo ? toEcho(sent, promptIds, request, pair) : null,
    }
  })
  assertGenerated(prompts)
  const head = createHead('cmpl', request, decoding.echo, incoming.requestId)
  const format = createTokenFormat(pair.text, request.return_tokens_as_token_ids)
  return {
    prompts,
    isStreamed: request.stream,
    head,
    cacheSalt: request.cache_salt,
    writer: createCompletionWriter(head, format, request.logprobs ?? null),
  }
}

/**
 * The number of most likely tokens to read at each prompt position, enough for `echo` and
 * `prompt_logprobs`; null: none.
 */
function promptLogprobsOf({ echo, logprobs, prompt_logprobs }: CompletionRequest): number | null {
  if (!echo || logprobs === undefined) return prompt_logprobs ?? null
  return Math.max(logprobs, prompt_logprobs ?? 0)
}

/** The token ids of each prompt. Prompts given as ids stay as they are. */
async function toIds(
  { prompt, add_special_tokens: addSpecialTokens }: CompletionRequest,
  { encoder }: Pair,
  signal: AbortSignal,
): Promise<(readonly number[])[]> {
  const texts = prompt.filter((one) => typeof one === 'string')
  const encoded = await encoder.encode(
    texts.map((text) => ({ type: 'text', text, addSpecialTokens })),
    signal,
  )
  return prompt.map((one) => (typeof one === 'string' ? (encoded.shift() ?? []) : one))
}

/**
 * A text is repeated as it was sent, without the special tokens that encoding adds.
 * @param prompt null: the ids are not those of the whole text, and are decoded
 */
function toEcho(prompt: string | null, ids: readonly number[], request: CompletionRequest, { text }: Pair): Echo {
  const needsOffsets = request.logprobs !== undefined
  if (prompt !== null)
    return { text: prompt, offsets: needsOffsets ? promptOffsets(text, ids, prompt, request.add_special_tokens) : [] }
  const options = { skipSpecialTokens: request.skip_special_tokens }
  return { text: text.decode(ids, options), offsets: needsOffsets ? tokenOffsets(text, ids, options) : [] }
}

function assertConsistent(request: CompletionRequest): void {
  if (request.stream_options && !request.stream)
    throw invalidRequest('stream_options requires stream: true', 'stream_options')
  if (request.prompt_logprobs !== undefined && request.stream)
    throw invalidRequest('prompt_logprobs is not supported with stream: true; set stream to false', 'prompt_logprobs')
  if ((request.max_completion_tokens ?? request.max_tokens) === 0 && !request.echo)
    throw invalidRequest('max_tokens: 0 requires echo: true', 'max_tokens')
}
