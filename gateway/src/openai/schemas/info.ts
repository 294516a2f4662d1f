import { z } from 'zod'
import { type Described, namedSchemas } from './named-schemas.js'

const version = z.string().describe('The version of Tandem.')
/** The answer to GET /version. */
export const versionSchema = z.object({ version }).register(namedSchemas, { id: 'Version' })
export type Version = Described<typeof versionSchema>

const count = z.int().min(0)
const replicasSchema = z
  .object({
    connecting: count.describe('Replicas that do not answer, or have not answered yet.'),
    ready: count.describe('Replicas that take new requests.'),
    draining: count.describe('Replicas that shut down: they finish requests and take no new ones.'),
    ejected: count.describe('Replicas that answer, but failed several times in a row: they pause.'),
    refused: count.describe('Replicas that serve a model which does not fit the others.'),
  })
  .describe('The number of replicas of the model in each state.')

const servedModelSchema = z
  .object({
    name: z.string().describe('The name of the model in requests, for example in formulas.'),
    role: z.string().describe('The role of the model, such as `sft`, `dpo` or `reward`.'),
    id: z.string().describe('The id of the model, from its folder.'),
    version: z
      .string()
      .describe('The SHA-256 of the built files, in hex. Models with equal versions produce equal logits.'),
    precision: z.string().describe('The precision of the weights, such as `fp32` or `int8`.'),
    adapter: z.string().nullable().describe('The LoRA adapter of the model. Null if there is none.'),
    adapter_scale: z
      .number()
      .nullable()
      .describe(
        "The factor of the adapter's own scale with which it is applied. Null without an adapter, or if the service does not report it.",
      ),
    context_tokens: z.int().describe('The context length of the model, in tokens.'),
    vocabulary_size: z.int().describe('The vocabulary size of the model.'),
    max_sessions: z
      .int()
      .nullable()
      .describe(
        'The maximum number of sequences that the service holds at once. Null if the service does not report it.',
      ),
    engine: z.string().describe('The engine that runs the model.'),
    replicas: replicasSchema,
  })
  .register(namedSchemas, { id: 'ServedModel' })
/** A model in the answer to GET /info. */
export type ServedModelInfo = Described<typeof servedModelSchema>

const limitsSchema = z
  .object({
    context_tokens: count.describe('The maximum number of tokens of a prompt and its answer.'),
    vocabulary_size: count.describe('The vocabulary size. Token ids are below this number.'),
    prompt_tokens: count.describe('The maximum number of tokens of a prompt.'),
    body_bytes: count.describe('The maximum size of a request body, in bytes.'),
    request_timeout_ms: count.describe(
      'The maximum duration of a request in milliseconds, including the time in the queue.',
    ),
    receive_timeout_ms: count.describe('The maximum time in milliseconds for a client to send a request.'),
    concurrent_requests: count.describe(
      'The maximum number of requests, or prompts of requests, that run at the same time.',
    ),
    waiting_requests: count.describe('The maximum number of queued requests. Further requests are refused with 429.'),
    prompts: count.describe('The maximum number of prompts of a completion, or of conversations of a score request.'),
    messages: count.describe('The maximum number of messages of a conversation.'),
    generated_tokens: count.describe(
      'The maximum number of tokens that a request may generate: `max_tokens` times the number of answers, beams or samples of all its prompts.',
    ),
    n: count.describe('The maximum number of answers to a prompt.'),
    stop: count.describe('The maximum number of stop strings.'),
    stop_characters: count.describe('The maximum length of a stop string, in characters.'),
    stop_token_ids: count.describe('The maximum number of `stop_token_ids`.'),
    logit_bias: count.describe('The maximum number of entries of `logit_bias`.'),
    top_logprobs: count.describe('The maximum of `top_logprobs` of chat completions.'),
    completion_logprobs: count.describe('The maximum of `logprobs` of completions.'),
    prompt_logprobs: count.describe('The maximum of `prompt_logprobs`.'),
    cache_salt_characters: count.describe('The maximum length of `cache_salt`, in characters.'),
  })
  .describe('The limits of requests.')

/** The answer to GET /info. */
export const infoSchema = z
  .object({
    version,
    pair: z.string().describe('The name of the pair.'),
    model_ids: z.array(z.string()).describe('The model names that GET /v1/models lists.'),
    models: z.array(servedModelSchema).describe('The models of this server, the pair first.'),
    reward_models: z
      .array(servedModelSchema)
      .describe('The reward models of this server. The first one is the default.'),
    default_strategy: z.string().describe('The strategy of requests that name none.'),
    strategies: z.array(
      z.object({
        name: z.string().describe('The name of the strategy.'),
        model_id: z.string().nullable().describe('The model name that selects the strategy. Null if there is none.'),
        parameters: z.array(z.string()).describe('The names of its parameters.'),
        defaults: z
          .record(z.string(), z.unknown())
          .describe(
            'The default values of its parameters, without the seed. The schema of `decoding` says what it means to leave out a parameter that has no default.',
          ),
      }),
    ),
    limits: limitsSchema,
  })
  .register(namedSchemas, { id: 'Info' })
export type Info = Described<typeof infoSchema>
