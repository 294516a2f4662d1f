import { z } from 'zod'
import type { Pair } from '../session/pair.js'
import type { EncodeJob } from '../text/index.js'
import { invalidRequest } from './api-error.js'
import { strategyOfModel } from './decoding.js'
import { fieldKinds, parseFields } from './fields.js'
import { assertIds } from './generation-request.js'
import { messagesSchema, promptEndFields, toConversationOptions, toMessage } from './message.js'
import { assertMessageSizes, assertPromptSizes, assertTokenCount, type PromptLimits } from './prompt-size.js'
import { assertSupported } from './unsupported.js'

/** Text to token ids and back, with vLLM's fields. */

const { optional, flag } = fieldKinds

const model = optional(z.string().max(512)).describe("A name that /v1/models lists; by default the pair's.")

export const tokenizeSchema = z.object({
  model,
  prompt: optional(z.string()).describe('A text; in place of `messages`.'),
  messages: optional(messagesSchema).describe('A conversation, the oldest message first; in place of `prompt`.'),
  add_special_tokens: optional(z.boolean()).describe(
    'Whether the prompt is encoded with BOS and the like; by default true. With `prompt` alone.',
  ),
  ...promptEndFields,
  return_token_strs: flag(false).describe("Adds `token_strs`, as the tokenizer's file spells them."),
})

export const tokenizeResponseSchema = z.object({
  count: z.int(),
  /** Most tokens of a prompt and its answer. */
  max_model_len: z.int(),
  tokens: z.array(z.int()),
  /** As the tokenizer's file spells them; null unless asked for. */
  token_strs: z.array(z.string()).nullable(),
})

export const detokenizeSchema = z.object({
  model,
  tokens: z
    .array(z.int().min(0), { error: 'must be a list of token ids' })
    .describe('Token ids, special ones included.'),
})

export const detokenizeResponseSchema = z.object({ prompt: z.string() })

type Body = Readonly<Record<string, unknown>>
type TokenizeRequest = z.output<typeof tokenizeSchema>

/** @throws ApiError */
export async function tokenize(
  body: Body,
  pair: Pair,
  pairName: string,
  limits: PromptLimits,
  signal: AbortSignal,
): Promise<z.output<typeof tokenizeResponseSchema>> {
  assertSupported(body)
  assertPromptSizes(body.prompt, pair, limits)
  assertMessageSizes(body.messages, pair, limits)
  const request = parseFields(tokenizeSchema, body)
  strategyOfModel(pairName, request.model ?? pairName)
  const [tokens = []] = await pair.encoder.encode([toJob(request)], signal)
  return {
    count: tokens.length,
    max_model_len: pair.contextLength,
    tokens,
    token_strs: request.return_token_strs ? tokens.map((id) => pair.text.tokenName(id) ?? '') : null,
  }
}

/** Special tokens stay in the text, as they do in vLLM's. @throws ApiError */
export function detokenize(
  body: Body,
  pair: Pair,
  pairName: string,
  limits: PromptLimits,
): z.output<typeof detokenizeResponseSchema> {
  assertTokenCount(body.tokens, pair, limits)
  const { model = pairName, tokens } = parseFields(detokenizeSchema, body)
  strategyOfModel(pairName, model)
  assertIds(tokens, pair.vocabularyLimit, 'tokens')
  return { prompt: pair.text.decode(tokens, { skipSpecialTokens: false }) }
}

function toJob(request: TokenizeRequest): EncodeJob {
  const { prompt, messages, add_special_tokens } = request
  if (prompt !== undefined && messages === undefined)
    return { type: 'text', text: prompt, addSpecialTokens: add_special_tokens ?? true }
  if (messages === undefined || prompt !== undefined)
    throw invalidRequest(
      'give either prompt, which is text, or messages, which is a conversation',
      messages === undefined ? 'prompt' : 'messages',
    )
  if (add_special_tokens)
    throw invalidRequest(
      'add_special_tokens: true goes with prompt alone: the chat template writes the special tokens of messages; leave it out',
      'add_special_tokens',
    )
  return { type: 'conversation', messages: messages.map(toMessage), options: toConversationOptions(request) }
}
