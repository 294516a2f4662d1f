import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import type { Pair } from '../session/handshake.js'
import type { PreparedPrompt, PreparedRequest } from './answer.js'
import { invalidRequest } from './api-error.js'
import { createCompletionWriter } from './completion-answer.js'
import { assertPlaced, resolveDecoding, strategyOfModel } from './decoding.js'
import { commonFields, fieldKinds, parseFields } from './fields.js'
import { toGenerationRequest } from './generation-request.js'
import { refuseJudge } from './judge.js'
import { requestLimits } from './limits.js'
import { assertPromptSizes, type PromptLimits } from './prompt-size.js'
import { createTokenFormat } from './token-format.js'
import { assertSupported } from './unsupported.js'

const { optional, flag } = fieldKinds

const defaultMaxTokens = 16
// That they are at least one is told with those that a text is made of.
const tokenIds = z.array(z.int().min(0)).meta({ minItems: 1 })

export const completionSchema = z.object({
  ...commonFields,
  prompt: z
    .union([z.string(), tokenIds, z.array(z.string()).min(1), z.array(tokenIds).min(1)], {
      error: 'must be a string, a list of strings, a list of token ids, or a list of such lists',
    })
    .transform(toPrompts),
  logprobs: optional(z.int().min(0).max(requestLimits.completionLogprobs)),
  echo: flag(false),
  add_special_tokens: flag(true),
})

type CompletionRequest = z.output<typeof completionSchema>
type Prompt = string | number[]

function toPrompts(prompt: string | number[] | string[] | number[][]): Prompt[] {
  if (typeof prompt === 'string') return [prompt]
  const isNested = prompt.length > 0 && typeof prompt[0] !== 'number'
  return isNested ? (prompt as Prompt[]) : [prompt as number[]]
}

/** A completions request, checked and turned into token ids. @throws ApiError */
export async function prepareCompletion(
  body: Readonly<Record<string, unknown>>,
  pair: Pair,
  pairName: string,
  limits: PromptLimits,
  signal: AbortSignal,
): Promise<PreparedRequest> {
  assertSupported(body)
  assertPlaced(body)
  assertPromptSizes(body.prompt, pair, limits)
  const request = parseFields(completionSchema, body)
  const strategy = strategyOfModel(pairName, request.model)
  const decoding = resolveDecoding(strategy, request.decoding ?? {}, request, pair.models)
  assertConsistent(request)
  const judge = refuseJudge(decoding.method)
  const ids = await toIds(request, pair, signal)
  const prompts = request.prompt.map((prompt, i): PreparedPrompt => {
    const wishes = {
      promptIds: ids[i] ?? [],
      promptField: 'prompt' as const,
      maxTokens: request.max_tokens,
      defaultMaxTokens,
      topLogprobs: request.logprobs ?? null,
      readsPrompt: request.echo && request.logprobs !== undefined,
      judge,
    }
    return {
      request: toGenerationRequest(pair, request, decoding, wishes, limits),
      echo: request.echo ? toText(prompt, request, pair) : null,
    }
  })
  const includesUsage = request.stream_options?.include_usage ?? false
  const head = {
    id: `cmpl-${randomUUID()}`,
    created: Math.floor(Date.now() / 1000),
    model: request.model,
    decoding: decoding.echo,
    includesUsage,
    returnsTokenIds: request.return_token_ids,
  }
  const format = createTokenFormat(pair.text, request.return_tokens_as_token_ids)
  return {
    prompts,
    isStreamed: request.stream,
    includesUsage,
    writer: createCompletionWriter(head, format, request.logprobs !== undefined),
  }
}

/** Of each prompt. Those that are ids already stay as they are. */
async function toIds(
  { prompt, add_special_tokens: addSpecialTokens }: CompletionRequest,
  { encoder }: Pair,
  signal: AbortSignal,
): Promise<number[][]> {
  const texts = prompt.filter((one) => typeof one === 'string')
  const encoded = await encoder.encode(
    texts.map((text) => ({ type: 'text', text, addSpecialTokens })),
    signal,
  )
  return prompt.map((one) => (typeof one === 'string' ? (encoded.shift() ?? []) : one))
}

function toText(prompt: Prompt, { skip_special_tokens }: CompletionRequest, { text }: Pair): string {
  return typeof prompt === 'string' ? prompt : text.decode(prompt, { skipSpecialTokens: skip_special_tokens })
}

function assertConsistent(request: CompletionRequest): void {
  if (request.stream_options && !request.stream)
    throw invalidRequest('stream_options needs stream: true', 'stream_options')
  if (request.max_tokens === 0 && !request.echo)
    throw invalidRequest('max_tokens: 0 gives an answer only with echo: true', 'max_tokens')
}
