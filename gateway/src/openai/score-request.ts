import { z } from 'zod'
import { type RewardModel, toRewardJob } from '../session/reward-model.js'
import { shorten } from '../show-value.js'
import { ApiError, invalidRequest } from './api-error.js'
import { fieldKinds, parseFields } from './fields.js'
import { requestLimits } from './limits.js'
import { messagesSchema, toMessage } from './message.js'
import { assertConversationSizes, assertMessageSizes, type PromptLimits, tooLong } from './prompt-size.js'

const { optional } = fieldKinds

export const scoreSchema = z.strictObject({
  model: optional(z.string().max(512)).describe("A reward model's name; by default the first."),
  messages: optional(messagesSchema).describe('One conversation, the oldest message first.'),
  conversations: optional(z.array(messagesSchema).min(1, 'must hold at least one conversation')).describe(
    `Up to ${requestLimits.prompts} conversations, in place of \`messages\`.`,
  ),
})
const names = Object.keys(scoreSchema.shape)

/** Conversations to score, as the token ids of the reward model that was asked for. */
export interface ScoreRequest {
  readonly reward: RewardModel
  readonly sequences: readonly (readonly number[])[]
}

/** A score request, checked and turned into token ids. @throws ApiError */
export async function prepareScore(
  body: Readonly<Record<string, unknown>>,
  rewards: ReadonlyMap<string, RewardModel>,
  limits: PromptLimits,
  signal: AbortSignal,
): Promise<ScoreRequest> {
  const unknown = Object.keys(body).find((name) => !names.includes(name))
  if (unknown !== undefined)
    throw invalidRequest(
      `${shorten(unknown)}: /v1/score has no such parameter; there are: ${names.join(', ')}`,
      shorten(unknown),
    )
  const reward = findReward(parseFields(z.object({ model: scoreSchema.shape.model }), body).model, rewards)
  assertMessageSizes(body.messages, reward, limits)
  assertConversationSizes(body.conversations, reward, limits)
  const { messages, conversations } = parseFields(scoreSchema, body)
  if ((messages === undefined) === (conversations === undefined))
    throw invalidRequest(
      'give either messages, which is one conversation, or conversations, a list of them',
      messages === undefined ? 'messages' : 'conversations',
    )
  const all = messages === undefined ? (conversations ?? []) : [messages]
  const sequences = await reward.encoder.encode(
    all.map((conversation) => toRewardJob(conversation.map(toMessage))),
    signal,
  )
  for (const [i, ids] of sequences.entries())
    assertLength(ids, reward, limits, messages ? 'messages' : `conversations[${i}]`)
  return { reward, sequences }
}

function assertLength(
  ids: readonly number[],
  reward: RewardModel,
  { maxPromptTokens }: PromptLimits,
  param: string,
): void {
  const most = Math.min(reward.contextLength, maxPromptTokens)
  if (ids.length === 0) throw invalidRequest(`${param} is empty: it must give at least one token`, param)
  if (ids.length <= most) return
  throw tooLong(`${param} has ${ids.length} tokens: the reward model ${reward.name} takes at most ${most}`, param)
}

function findReward(name: string | undefined, rewards: ReadonlyMap<string, RewardModel>): RewardModel {
  const [first] = rewards.values()
  const reward = name === undefined ? first : rewards.get(name)
  if (reward) return reward
  const message = first
    ? `there is no reward model "${shorten(`${name}`)}"; there are: ${[...rewards.keys()].join(', ')}`
    : 'this server has no reward model; start one with "tandem up --reward NAME=DIR"'
  throw new ApiError(404, message, { param: 'model', code: 'model_not_found' })
}
