import { z } from 'zod'
import type { PreparedRequest } from '../answer/answer.js'
import { createHead } from '../answer/answer-head.js'
import { createChatWriter } from '../answer/chat-answer.js'
import { createTokenFormat } from '../answer/token-format.js'
import { invalidRequest } from '../api-error.js'
import { assertGenerated } from './assert-generated.js'
import { assertPlacement, resolveDecoding, strategyOfModel } from './decoding.js'
import { commonFields, fieldKinds, parseFields } from './fields.js'
import { toGenerationRequest } from './generation-request.js'
import type { IncomingGeneration } from './incoming-request.js'
import { createJudge } from './judge.js'
import { messagesSchema, promptEndFields, toConversationOptions, toMessages } from './message.js'
import { withContinuation } from './message-prefix.js'
import { PromptLimits, truncatePrompt } from './prompt-limits.js'
import { canThink, reasoningFields, toReasoningFormat } from './reasoning.js'
import { requestLimits } from './request-limits.js'
import { assertSampling } from './unsupported/assert-sampling.js'
import { assertSupported } from './unsupported/assert-supported.js'
import { assertReasoningOff } from './unsupported/no-reasoning.js'

const { optional, flag } = fieldKinds

/** The body of POST /v1/chat/completions. */
export const chatSchema = z.object({
  ...commonFields,
  messages: messagesSchema,
  max_tokens: optional(z.int().min(1, 'must be at least 1 for a chat completion')).describe(
    "The maximum number of tokens to generate. Defaults to the rest of the model's context. " +
      "The prompt and `max_tokens` together must fit the model's context.",
  ),
  max_completion_tokens: optional(z.int().min(1)).describe(
    'The newer name of `max_tokens`. It takes precedence over `max_tokens`.',
  ),
  logprobs: flag(false).describe(
    'Whether to return the log-probability of each output token, in nats. `decoding.logprobs_of` names the model.',
  ),
  top_logprobs: optional(z.int().min(0).max(requestLimits.chatTopLogprobs)).describe(
    'The number of most likely tokens to return at each position, with their log-probabilities. ' +
      'Requires `logprobs: true`. Defaults to 0.',
  ),
  ...promptEndFields,
  ...reasoningFields,
})

type ChatRequest = z.output<typeof chatSchema>

/** Validates a chat request and encodes its messages as token ids. @throws ApiError */
export async function prepareChat(incoming: IncomingGeneration): Promise<PreparedRequest> {
  const { body, pair, maxPromptTokens, signal } = incoming
  assertSupported(body, 'chat')
  assertPlacement(body)
  new PromptLimits(pair, maxPromptTokens).assertMessages(body.messages, body.truncate_prompt_tokens)
  const request = withContinuation(parseFields(chatSchema, body))
  const strategy = strategyOfModel(incoming.pairName, request.model)
  const decoding = resolveDecoding(strategy, request.decoding ?? {}, request, pair.models)
  assertSampling(body, decoding.method)
  assertConsistent(request)
  const messages = toMessages(request.messages, body.messages)
  const options = toConversationOptions(request)
  const [promptIds = []] = await pair.encoder.encode([{ type: 'conversation', messages, options }], signal)
  assertReasoningOff(body, canThink(request, promptIds, pair.text))
  const keptIds = truncatePrompt(promptIds, request.truncate_prompt_tokens)
  const input = {
    promptIds: keptIds,
    promptField: 'messages' as const,
    maxPromptTokens,
    maxTokens: request.max_completion_tokens ?? request.max_tokens,
    defaultMaxTokens: Number.POSITIVE_INFINITY,
    topLogprobs: request.logprobs ? (request.top_logprobs ?? 0) : null,
    promptLogprobs: request.prompt_logprobs ?? null,
    judge: createJudge(decoding.method, messages, request.continue_final_message, incoming.judging),
  }
  const prompts = [{ request: toGenerationRequest(pair, request, decoding, input), echo: null }]
  assertGenerated(prompts)
  const head = createHead('chatcmpl', request, decoding.echo, incoming.requestId)
  const format = createTokenFormat(pair.text, request.return_tokens_as_token_ids)
  return {
    prompts,
    isStreamed: request.stream,
    head,
    cacheSalt: request.cache_salt,
    writer: createChatWriter(head, format, request.logprobs, toReasoningFormat(request, keptIds, pair.text)),
  }
}

function assertConsistent(request: ChatRequest): void {
  if ((request.top_logprobs ?? 0) > 0 && !request.logprobs)
    throw invalidRequest('top_logprobs requires logprobs: true', 'top_logprobs')
  if (request.stream_options && !request.stream)
    throw invalidRequest('stream_options requires stream: true', 'stream_options')
  if (request.prompt_logprobs !== undefined && request.stream)
    throw invalidRequest('prompt_logprobs is not supported with stream: true; set stream to false', 'prompt_logprobs')
}
