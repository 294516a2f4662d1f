import type { z } from 'zod'
import { chatSchema } from '../openai/chat-request.js'
import { completionSchema } from '../openai/completion-request.js'
import { scoreSchema } from '../openai/score-request.js'
import {
  detokenizeResponseSchema,
  detokenizeSchema,
  tokenizeResponseSchema,
  tokenizeSchema,
} from '../openai/tokenize-request.js'

export interface Operation {
  readonly method: 'GET' | 'POST'
  /** As OpenAPI writes it: "/v1/models/{id}". A parameter may hold slashes. */
  readonly path: string
  readonly summary: string
  /** Whether it asks for no key. */
  readonly isOpen: boolean
  /** What parses the body; null: it has none. */
  readonly body: z.ZodType | null
  /** Of the body of status 200; null: a JSON object. */
  readonly answer: z.ZodType | null
  readonly isStreamed: boolean
  /** Statuses of its errors, besides 401 where it asks for a key. */
  readonly errors: readonly number[]
  /** What is said of a status instead, where its body is not that of the others. */
  readonly responses?: Readonly<Record<number, { readonly description: string }>>
}

const read = { method: 'GET', isOpen: false, body: null, answer: null, isStreamed: false, errors: [] } as const
const post = { method: 'POST', isOpen: false, answer: null, isStreamed: false } as const
const refusals = [400, 404, 413, 415, 500]
/** Of those that wait for a place, and for the services. */
const failures = [...refusals, 429, 503, 504]

/** Every route, by its operation's id: what the app serves and /openapi.json says. */
export const operations = {
  live: { ...read, path: '/livez', summary: 'Whether the process answers', isOpen: true },
  ready: {
    ...read,
    path: '/readyz',
    summary: 'Whether all services answer; if not, which',
    isOpen: true,
    responses: { 503: { description: 'Not ready: status and faults' } },
  },
  healthy: {
    ...read,
    path: '/health',
    summary: 'The same by its status alone',
    isOpen: true,
    responses: { 200: { description: 'Ready' }, 503: { description: 'Not ready' } },
  },
  version: { ...read, path: '/version', summary: 'The version of Tandem' },
  info: { ...read, path: '/info', summary: 'What is served, and every limit' },
  openapi: { ...read, path: '/openapi.json', summary: 'This document', isOpen: true },
  listModels: { ...read, path: '/v1/models', summary: 'The pair, and the pair with each strategy' },
  getModel: { ...read, path: '/v1/models/{id}', summary: 'One of them', errors: [404] },
  createChatCompletion: {
    ...post,
    path: '/v1/chat/completions',
    summary: 'The answer to a conversation',
    body: chatSchema,
    isStreamed: true,
    errors: failures,
  },
  createCompletion: {
    ...post,
    path: '/v1/completions',
    summary: 'What follows a prompt',
    body: completionSchema,
    isStreamed: true,
    errors: failures,
  },
  score: {
    ...post,
    path: '/v1/score',
    summary: 'What a reward model makes of conversations',
    body: scoreSchema,
    errors: failures,
  },
  tokenize: {
    ...post,
    path: '/tokenize',
    summary: 'The token ids of a prompt or of a conversation',
    body: tokenizeSchema,
    answer: tokenizeResponseSchema,
    errors: refusals,
  },
  detokenize: {
    ...post,
    path: '/detokenize',
    summary: 'The text of token ids',
    body: detokenizeSchema,
    answer: detokenizeResponseSchema,
    errors: refusals,
  },
} as const satisfies Record<string, Operation>

export type OperationId = keyof typeof operations
export const operationIds = Object.keys(operations) as OperationId[]
