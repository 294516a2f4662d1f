import type { Judge } from '../../decode/answers/generation-request.js'
import { DecodingError } from '../../decode/decoding-error.js'
import type { BoundStrategy } from '../../decode/strategies/bound-strategy.js'
import type { OnFailover } from '../../session/failover/failover.js'
import { type RewardModel, toAnswerJob } from '../../session/models/reward-model.js'
import type { ChatMessage } from '../../text/index.js'
import { invalidRequest } from '../api-error.js'

const param = 'decoding.reward'

/** What a judge needs in addition to the request. */
export interface JudgeOptions {
  /** Reward models by name; the first is the default. */
  readonly rewards: ReadonlyMap<string, RewardModel>
  /** Maximum time for scoring the answers of one prompt, in milliseconds. */
  readonly timeoutMs: number
  /** Returns the W3C trace context of the request for the reward service; empty without one. */
  traceparent(): string
  /** Is told when another replica scores. */
  readonly onFailover: OnFailover
}

/**
 * Creates the judge that scores the answers to a chat; null for methods that do not use a reward
 * model.
 * @param continuesLast whether an answer continues the last message instead of being its own
 *   message
 * @throws ApiError 400 if the server does not have the requested reward model, or has none
 */
export function createJudge(
  method: BoundStrategy,
  messages: readonly ChatMessage[],
  continuesLast: boolean,
  { rewards, timeoutMs, traceparent, onFailover }: JudgeOptions,
): Judge | null {
  if (method.kind !== 'choice' || method.chooser.by !== 'reward') return null
  const reward = findReward(method.chooser.reward, rewards)
  const last = continuesLast ? messages.at(-1) : undefined
  const conversation = last ? messages.slice(0, -1) : messages
  return async (answers, signal) => {
    const jobs = answers.map((answer) => toAnswerJob(conversation, `${last?.content ?? ''}${answer}`))
    const sequences = await reward.encoder.encode(jobs, signal)
    assertLengths(sequences, reward)
    return reward.scorer.score(sequences, timeoutMs, signal, { traceparent: traceparent(), onFailover })
  }
}

/**
 * Refuses methods that need a reward model: it scores conversations, not prompts.
 * @throws ApiError 400
 */
export function refuseJudge(method: BoundStrategy): null {
  if (method.kind !== 'choice' || method.chooser.by !== 'reward') return null
  throw invalidRequest(
    `${method.name} scores answers to a conversation, and a prompt is not a conversation: send messages to /v1/chat/completions`,
    'decoding.strategy',
  )
}

function findReward(name: string | null, rewards: JudgeOptions['rewards']): RewardModel {
  const [first] = rewards.values()
  const reward = name === null ? first : rewards.get(name)
  if (reward) return reward
  throw invalidRequest(
    first
      ? `${param}: this server has no reward model "${name}"; expected one of: ${[...rewards.keys()].join(', ')}`
      : `${param}: this server has no reward model, which this strategy needs; start one with "tandem up --reward NAME=DIR"`,
    param,
  )
}

function assertLengths(sequences: readonly (readonly number[])[], { name, contextLength }: RewardModel): void {
  const longest = Math.max(...sequences.map((ids) => ids.length))
  if (longest <= contextLength) return
  throw new DecodingError(
    param,
    `the conversation with an answer has ${longest} tokens, but the reward model ${name} accepts at most ${contextLength}: lower max_tokens`,
  )
}
