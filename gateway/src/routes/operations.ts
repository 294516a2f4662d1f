import { z } from 'zod'
import { chatSchema } from '../openai/request/chat-request.js'
import { completionSchema } from '../openai/request/completion-request.js'
import { scoreSchema } from '../openai/request/score-request.js'
import {
  detokenizeResponseSchema,
  detokenizeSchema,
  tokenizeResponseSchema,
  tokenizeSchema,
} from '../openai/request/tokenize-request.js'
import { chatChunkSchema } from '../openai/schemas/chat-chunk.js'
import { chatCompletionSchema } from '../openai/schemas/chat-completion.js'
import { liveSchema, notReadySchema, readySchema } from '../openai/schemas/health.js'
import { infoSchema, versionSchema } from '../openai/schemas/info.js'
import { modelListSchema, modelSchema } from '../openai/schemas/model.js'
import { scoreListSchema } from '../openai/schemas/score-list.js'
import { textChunkSchema, textCompletionSchema } from '../openai/schemas/text-completion.js'
import { tokenizerInfoSchema } from '../openai/schemas/tokenizer-info.js'
import type { ErrorStatus } from './error-responses.js'

/** A route of the API. */
export interface Operation {
  readonly method: 'GET' | 'POST'
  /** The path in OpenAPI's syntax, such as "/v1/models/{id}". A parameter may contain slashes. */
  readonly path: string
  readonly summary: string
  /** Whether the route works without an API key. */
  readonly isOpen: boolean
  /** The schema of the request body; null: no body. */
  readonly body: z.ZodType | null
  /** An example of the request body. */
  readonly example?: object
  /** The schema of the answer with status 200; null: no body. */
  readonly answer: z.ZodType | null
  /**
   * The schema of each event if the request has `stream: true`; null: the route does not stream.
   */
  readonly event: z.ZodType | null
  /** The statuses of its errors. Routes that require an API key also have 401. */
  readonly errors: readonly ErrorStatus[]
  /** The schema of the answer with status 503 if that is not an error body; null: no body. */
  readonly notReady?: z.ZodType | null
}

const read = { method: 'GET', isOpen: false, body: null, event: null, errors: [] } as const
const post = { method: 'POST', isOpen: false, event: null } as const
const refusals = [400, 404, 408, 413, 415, 500] as const
/** Errors of routes that wait for admission and for the services. */
const failures = [...refusals, 429, 503, 504] as const

const question = { role: 'user', content: 'How do I stay calm?' }

/** All routes by operation id. The app serves this table, and /openapi.json describes it. */
export const operations = {
  live: { ...read, path: '/livez', summary: 'Liveness: whether the process answers', isOpen: true, answer: liveSchema },
  ready: {
    ...read,
    path: '/readyz',
    summary: 'Readiness: whether each model has a ready replica, with what is at fault',
    isOpen: true,
    answer: readySchema,
    notReady: notReadySchema,
  },
  healthy: {
    ...read,
    path: '/health',
    summary: 'Readiness as a status without a body, as in vLLM',
    isOpen: true,
    answer: null,
    notReady: null,
  },
  version: { ...read, path: '/version', summary: 'Show the version of Tandem', answer: versionSchema },
  info: {
    ...read,
    path: '/info',
    summary: 'Show the models, strategies and limits of this server',
    answer: infoSchema,
  },
  openapi: {
    ...read,
    path: '/openapi.json',
    summary: 'Show this OpenAPI document',
    answer: z.looseObject({ openapi: z.string() }),
  },
  listModels: {
    ...read,
    path: '/v1/models',
    summary: 'List the model names: the pair, and the pair with each strategy',
    answer: modelListSchema,
  },
  getModel: { ...read, path: '/v1/models/{id}', summary: 'Show one model', answer: modelSchema, errors: [404] },
  createChatCompletion: {
    ...post,
    path: '/v1/chat/completions',
    summary: 'Create a chat completion',
    body: chatSchema,
    example: { model: 'pair', messages: [question], max_tokens: 64 },
    answer: chatCompletionSchema,
    event: chatChunkSchema,
    errors: failures,
  },
  createCompletion: {
    ...post,
    path: '/v1/completions',
    summary: 'Create a completion',
    body: completionSchema,
    example: { model: 'pair', prompt: 'To stay calm,', max_tokens: 64 },
    answer: textCompletionSchema,
    event: textChunkSchema,
    errors: failures,
  },
  score: {
    ...post,
    path: '/v1/score',
    summary: 'Score conversations with a reward model',
    body: scoreSchema,
    example: { messages: [question, { role: 'assistant', content: 'Breathe slowly.' }] },
    answer: scoreListSchema,
    errors: failures,
  },
  tokenize: {
    ...post,
    path: '/tokenize',
    summary: 'Convert a prompt or a conversation to token ids',
    body: tokenizeSchema,
    example: { prompt: 'To stay calm,' },
    answer: tokenizeResponseSchema,
    errors: [...refusals, 429],
  },
  tokenizerInfo: {
    ...read,
    path: '/tokenizer_info',
    summary: 'Show the tokenizer: its class, special tokens and chat template, as vLLM does',
    answer: tokenizerInfoSchema,
  },
  detokenize: {
    ...post,
    path: '/detokenize',
    summary: 'Convert token ids to text',
    body: detokenizeSchema,
    example: { tokens: [1, 2, 3] },
    answer: detokenizeResponseSchema,
    errors: [...refusals, 429],
  },
} as const satisfies Record<string, Operation>

/** The id of an operation. */
export type OperationId = keyof typeof operations
/** The ids of all operations, in the order of the table. */
export const operationIds = Object.keys(operations) as OperationId[]
