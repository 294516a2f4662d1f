import { z } from 'zod'
import { type Described, namedSchemas } from './named-schemas.js'

const version = z.string().describe('The version of Tandem.')
export const versionSchema = z.object({ version }).register(namedSchemas, { id: 'Version' })
export type Version = Described<typeof versionSchema>

const servedModelSchema = z
  .object({
    name: z.string().describe('What requests call it, in formulas for example.'),
    role: z.string(),
    id: z.string().describe('What its folder calls it.'),
    version: z.string().describe('SHA-256 of the built files, in hex: equal versions give equal logits.'),
    precision: z.string(),
    adapter: z.string().nullable().describe('The LoRA adapter on it; null without one.'),
    context_tokens: z.int(),
    vocabulary_size: z.int(),
    max_sessions: z.int().nullable().describe('Sequences that it holds at once; null where it does not tell.'),
    engine: z.string().describe('What runs it.'),
  })
  .register(namedSchemas, { id: 'ServedModel' })
export type ServedModelInfo = Described<typeof servedModelSchema>

const count = z.int().min(0)
const limitsSchema = z
  .object({
    context_tokens: count.describe('Of a prompt and its answer.'),
    vocabulary_size: count.describe('Token ids are below it.'),
    prompt_tokens: count,
    body_bytes: count,
    request_timeout_ms: count.describe('The longest that a request may take, its wait included.'),
    receive_timeout_ms: count.describe('The longest that a client may take to send one.'),
    concurrent_requests: count,
    waiting_requests: count.describe('More than these are refused with 429.'),
    prompts: count.describe('Of a completion; conversations of a score.'),
    messages: count,
    n: count.describe('Answers to a prompt.'),
    stop: count,
    stop_characters: count,
    stop_token_ids: count,
    logit_bias: count,
    top_logprobs: count.describe('Of chats.'),
    completion_logprobs: count,
    prompt_logprobs: count,
    cache_salt_characters: count,
  })
  .describe('The most that a request may hold or take.')

export const infoSchema = z
  .object({
    version,
    pair: z.string(),
    model_ids: z.array(z.string()).describe('What /v1/models lists.'),
    models: z.array(servedModelSchema).describe('The pair first.'),
    reward_models: z.array(servedModelSchema).describe('The first is the default.'),
    strategies: z.array(
      z.object({
        name: z.string(),
        model_id: z.string().nullable().describe('The model name that carries it; null where none does.'),
        parameters: z.array(z.string()),
      }),
    ),
    limits: limitsSchema,
  })
  .register(namedSchemas, { id: 'Info' })
export type Info = Described<typeof infoSchema>
