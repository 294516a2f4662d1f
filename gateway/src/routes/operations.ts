import { z } from 'zod'
import { chatSchema } from '../openai/chat-request.js'
import { completionSchema } from '../openai/completion-request.js'
import { chatChunkSchema } from '../openai/schemas/chat-chunk.js'
import { chatCompletionSchema } from '../openai/schemas/chat-completion.js'
import { liveSchema, notReadySchema, readySchema } from '../openai/schemas/health.js'
import { infoSchema, versionSchema } from '../openai/schemas/info.js'
import { modelListSchema, modelSchema } from '../openai/schemas/model.js'
import { scoreListSchema } from '../openai/schemas/score-list.js'
import { textChunkSchema, textCompletionSchema } from '../openai/schemas/text-completion.js'
import { scoreSchema } from '../openai/score-request.js'
import {
  detokenizeResponseSchema,
  detokenizeSchema,
  tokenizeResponseSchema,
  tokenizeSchema,
} from '../openai/tokenize-request.js'
import type { ErrorStatus } from './error-responses.js'

export interface Operation {
  readonly method: 'GET' | 'POST'
  /** As OpenAPI writes it: "/v1/models/{id}". A parameter may hold slashes. */
  readonly path: string
  readonly summary: string
  /** Whether it asks for no key. */
  readonly isOpen: boolean
  /** What parses the body; null: it has none. */
  readonly body: z.ZodType | null
  /** A body to begin with. */
  readonly example?: object
  /** Of the body of status 200; null: that has none. */
  readonly answer: z.ZodType | null
  /** Of each event, where `stream: true` in the body turns the answer into a stream; null: nothing does. */
  readonly event: z.ZodType | null
  /** Statuses of its errors, besides 401 where it asks for a key. */
  readonly errors: readonly ErrorStatus[]
  /** Of status 503, where its body is not that of an error; null: that has none. */
  readonly notReady?: z.ZodType | null
}

const read = { method: 'GET', isOpen: false, body: null, event: null, errors: [] } as const
const post = { method: 'POST', isOpen: false, event: null } as const
const refusals = [400, 404, 408, 413, 415, 500] as const
/** Of those that wait for a place, and for the services. */
const failures = [...refusals, 429, 503, 504] as const

const question = { role: 'user', content: 'How do I stay calm?' }

/** Every route, by its operation's id: what the app serves and /openapi.json says. */
export const operations = {
  live: { ...read, path: '/livez', summary: 'Whether the process answers', isOpen: true, answer: liveSchema },
  ready: {
    ...read,
    path: '/readyz',
    summary: 'Whether all services answer; if not, which',
    isOpen: true,
    answer: readySchema,
    notReady: notReadySchema,
  },
  healthy: {
    ...read,
    path: '/health',
    summary: 'The same by its status alone',
    isOpen: true,
    answer: null,
    notReady: null,
  },
  version: { ...read, path: '/version', summary: 'The version of Tandem', answer: versionSchema },
  info: { ...read, path: '/info', summary: 'What is served, and every limit', answer: infoSchema },
  openapi: {
    ...read,
    path: '/openapi.json',
    summary: 'This document',
    isOpen: true,
    answer: z.looseObject({ openapi: z.string() }),
  },
  listModels: {
    ...read,
    path: '/v1/models',
    summary: 'The pair, and the pair with each strategy',
    answer: modelListSchema,
  },
  getModel: { ...read, path: '/v1/models/{id}', summary: 'One of them', answer: modelSchema, errors: [404] },
  createChatCompletion: {
    ...post,
    path: '/v1/chat/completions',
    summary: 'The answer to a conversation',
    body: chatSchema,
    example: { model: 'pair', messages: [question], max_tokens: 64 },
    answer: chatCompletionSchema,
    event: chatChunkSchema,
    errors: failures,
  },
  createCompletion: {
    ...post,
    path: '/v1/completions',
    summary: 'What follows a prompt',
    body: completionSchema,
    example: { model: 'pair', prompt: 'To stay calm,', max_tokens: 64 },
    answer: textCompletionSchema,
    event: textChunkSchema,
    errors: failures,
  },
  score: {
    ...post,
    path: '/v1/score',
    summary: 'What a reward model makes of conversations',
    body: scoreSchema,
    example: { messages: [question, { role: 'assistant', content: 'Breathe slowly.' }] },
    answer: scoreListSchema,
    errors: failures,
  },
  tokenize: {
    ...post,
    path: '/tokenize',
    summary: 'The token ids of a prompt or of a conversation',
    body: tokenizeSchema,
    example: { prompt: 'To stay calm,' },
    answer: tokenizeResponseSchema,
    errors: refusals,
  },
  detokenize: {
    ...post,
    path: '/detokenize',
    summary: 'The text of token ids',
    body: detokenizeSchema,
    example: { tokens: [1, 2, 3] },
    answer: detokenizeResponseSchema,
    errors: refusals,
  },
} as const satisfies Record<string, Operation>

export type OperationId = keyof typeof operations
export const operationIds = Object.keys(operations) as OperationId[]
