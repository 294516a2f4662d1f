import { shorten } from '@tandem/process'
import { z } from 'zod'
import { type RewardModel, toRewardJob } from '../../session/models/reward-model.js'
import { ApiError, invalidRequest } from '../api-error.js'
import { fieldKinds, parseFields } from './fields.js'
import { messagesSchema, toMessages } from './message.js'
import { refuseContinuation } from './message-prefix.js'
import { PromptLimits, promptTooLong } from './prompt-limits.js'
import { requestLimits } from './request-limits.js'

const { optional } = fieldKinds

/** The body of POST /v1/score. */
export const scoreSchema = z.strictObject({
  model: optional(z.string().max(512)).describe('The name of the reward model. Defaults to the first one.'),
  messages: optional(messagesSchema).describe('One conversation to score, oldest message first.'),
  conversations: optional(z.array(messagesSchema).min(1, 'must contain at least one conversation')).describe(
    `Up to ${requestLimits.prompts} conversations to score. Use either this or \`messages\`.`,
  ),
})
const names = Object.keys(scoreSchema.shape)

/** Conversations to score, encoded as token ids of the requested reward model. */
export interface ScoreRequest {
  readonly reward: RewardModel
  readonly sequences: readonly (readonly number[])[]
}

/** Validates a score request and encodes its conversations as token ids. @throws ApiError */
export async function prepareScore(
  body: Readonly<Record<string, unknown>>,
  rewards: ReadonlyMap<string, RewardModel>,
  maxPromptTokens: number,
  signal: AbortSignal,
): Promise<ScoreRequest> {
  const unknown = Object.keys(body).find((name) => !names.includes(name))
  if (unknown !== undefined)
    throw invalidRequest(
      `${shorten(unknown)}: unknown parameter of /v1/score; expected one of: ${names.join(', ')}`,
      shorten(unknown),
    )
  const reward = findReward(parseFields(z.object({ model: scoreSchema.shape.model }), body).model, rewards)
  const limits = new PromptLimits(reward, maxPromptTokens)
  limits.assertMessages(body.messages)
  limits.assertConversations(body.conversations)
  const { messages, conversations } = parseFields(scoreSchema, body)
  if ((messages === undefined) === (conversations === undefined))
    throw invalidRequest(
      'give either messages (one conversation) or conversations (a list of conversations)',
      messages === undefined ? 'messages' : 'conversations',
    )
  const all = messages === undefined ? (conversations ?? []) : [messages]
  for (const [i, conversation] of all.entries())
    refuseContinuation(conversation, messages ? 'messages' : `conversations.${i}`)
  const sent = messages === undefined && Array.isArray(body.conversations) ? body.conversations : [body.messages]
  const sequences = await reward.encoder.encode(
    all.map((conversation, index) => toRewardJob(toMessages(conversation, sent[index]))),
    signal,
  )
  for (const [i, ids] of sequences.entries())
    assertLength(ids, reward, maxPromptTokens, messages ? 'messages' : `conversations[${i}]`)
  return { reward, sequences }
}

function assertLength(ids: readonly number[], reward: RewardModel, maxPromptTokens: number, param: string): void {
  const limit = Math.min(reward.contextLength, maxPromptTokens)
  if (ids.length === 0) throw invalidRequest(`${param} is empty: expected at least one token`, param)
  if (ids.length <= limit) return
  throw promptTooLong(
    `${param} has ${ids.length} tokens: the reward model ${reward.name} accepts at most ${limit}`,
    param,
  )
}

function findReward(name: string | undefined, rewards: ReadonlyMap<string, RewardModel>): RewardModel {
  const [first] = rewards.values()
  const reward = name === undefined ? first : rewards.get(name)
  if (reward) return reward
  const message = first
    ? `this server has no reward model "${shorten(`${name}`)}"; expected one of: ${[...rewards.keys()].join(', ')}`
    : 'this server has no reward model; start one with "tandem up --reward NAME=DIR"'
  throw new ApiError(404, message, { param: 'model', code: 'model_not_found' })
}
