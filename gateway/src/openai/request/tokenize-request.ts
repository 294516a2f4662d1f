import { z } from 'zod'
import type { EncodeJob } from '../../text/index.js'
import { invalidRequest } from '../api-error.js'
import { strategyOfModel } from './decoding.js'
import { fieldKinds, parseFields } from './fields.js'
import { assertIds } from './generation-request.js'
import type { IncomingRequest } from './incoming-request.js'
import { messagesSchema, promptEndFields, toConversationOptions, toMessages } from './message.js'
import { withContinuation } from './message-prefix.js'
import { PromptLimits } from './prompt-limits.js'
import { canThink } from './reasoning.js'
import { assertSupported } from './unsupported/assert-supported.js'
import { assertReasoningOff } from './unsupported/no-reasoning.js'

/** /tokenize and /detokenize, with vLLM's fields: text to token ids and back. */

const { optional, flag } = fieldKinds

const model = optional(z.string().max(512)).describe('A model name from GET /v1/models. Defaults to the pair.')

/** The body of POST /tokenize. */
export const tokenizeSchema = z.object({
  model,
  prompt: optional(z.string()).describe('The text to encode. Use either this or `messages`.'),
  messages: optional(messagesSchema).describe(
    'The conversation to encode, oldest message first. Use either this or `prompt`.',
  ),
  add_special_tokens: optional(z.boolean()).describe(
    'Whether to add special tokens such as BOS to the prompt. Defaults to true. Used only with `prompt`.',
  ),
  ...promptEndFields,
  return_token_strs: flag(false).describe(
    'Whether to return the tokens as strings (`token_strs`), as tokenizer.json spells them.',
  ),
})

/** The answer to POST /tokenize. */
export const tokenizeResponseSchema = z.object({
  count: z.int(),
  max_model_len: z.int().describe('The maximum number of tokens of a prompt and its answer.'),
  tokens: z.array(z.int()),
  token_strs: z
    .array(z.string())
    .nullable()
    .describe('The tokens as tokenizer.json spells them. Null unless requested.'),
})

/** The body of POST /detokenize. */
export const detokenizeSchema = z.object({
  model,
  tokens: z
    .array(z.int().min(0), { error: 'must be a list of token ids' })
    .describe('The token ids to decode, special tokens included.'),
})

/** The answer to POST /detokenize. */
export const detokenizeResponseSchema = z.object({ prompt: z.string() })

type TokenizeRequest = z.output<typeof tokenizeSchema>

/** Encodes a prompt or a conversation. @throws ApiError */
export async function tokenize({
  body,
  pair,
  pairName,
  maxPromptTokens,
  signal,
}: IncomingRequest): Promise<z.output<typeof tokenizeResponseSchema>> {
  assertSupported(body, 'tokenize')
  const limits = new PromptLimits(pair, maxPromptTokens)
  limits.assertPrompts(body.prompt)
  limits.assertMessages(body.messages)
  const request = withContinuation(parseFields(tokenizeSchema, body))
  strategyOfModel(pairName, request.model ?? pairName)
  const [tokens = []] = await pair.encoder.encode([toJob(request, body.messages)], signal)
  if (request.messages)
    assertReasoningOff(body, canThink({ ...request, messages: request.messages }, tokens, pair.text))
  return {
    count: tokens.length,
    max_model_len: pair.contextLength,
    tokens,
    token_strs: request.return_token_strs ? tokens.map((id) => pair.text.tokenName(id) ?? '') : null,
  }
}

/** Decodes token ids. As in vLLM, special tokens stay in the text. @throws ApiError */
export function detokenize({
  body,
  pair,
  pairName,
  maxPromptTokens,
}: IncomingRequest): z.output<typeof detokenizeResponseSchema> {
  new PromptLimits(pair, maxPromptTokens).assertTokens(body.tokens)
  const { model = pairName, tokens } = parseFields(detokenizeSchema, body)
  strategyOfModel(pairName, model)
  assertIds(tokens, pair.vocabularyLimit, 'tokens')
  return { prompt: pair.text.decode(tokens, { skipSpecialTokens: false }) }
}

function toJob(request: TokenizeRequest, sent: unknown): EncodeJob {
  const { prompt, messages, add_special_tokens } = request
  if (prompt !== undefined && messages === undefined)
    return { type: 'text', text: prompt, addSpecialTokens: add_special_tokens ?? true }
  if (messages === undefined || prompt !== undefined)
    throw invalidRequest(
      'give either prompt (a text) or messages (a conversation)',
      messages === undefined ? 'prompt' : 'messages',
    )
  if (add_special_tokens)
    throw invalidRequest(
      'add_special_tokens: true is supported only with prompt: the chat template adds the special tokens of messages; remove it',
      'add_special_tokens',
    )
  return { type: 'conversation', messages: toMessages(messages, sent), options: toConversationOptions(request) }
}
