import type { Judge } from '../decode/answers/generation-request.js'
import { DecodingError } from '../decode/decoding-error.js'
import type { BoundStrategy } from '../decode/strategies/bound-strategy.js'
import { type RewardModel, toAnswerJob } from '../session/reward-model.js'
import type { ChatMessage } from '../text/index.js'
import { invalidRequest } from './api-error.js'

const param = 'decoding.reward'

export interface JudgeOptions {
  /** Reward models by name; the first is the default. */
  readonly rewards: ReadonlyMap<string, RewardModel>
  /** The longest that a judgement may take. */
  readonly timeoutMs: number
}

/**
 * The judge of answers to a chat; null for methods that ask none.
 * @param continuesLast whether an answer goes on with the last message, rather than being one of its own
 * @throws ApiError 400 where the server has no reward model, or none of the name that was asked for
 */
export function createJudge(
  method: BoundStrategy,
  messages: readonly ChatMessage[],
  continuesLast: boolean,
  { rewards, timeoutMs }: JudgeOptions,
): Judge | null {
  if (method.kind !== 'choice' || method.chooser.by !== 'reward') return null
  const reward = findReward(method.chooser.reward, rewards)
  const last = continuesLast ? messages.at(-1) : undefined
  const conversation = last ? messages.slice(0, -1) : messages
  return async (answers, signal) => {
    const jobs = answers.map((answer) => toAnswerJob(conversation, `${last?.content ?? ''}${answer}`))
    const sequences = await reward.encoder.encode(jobs, signal)
    assertLengths(sequences, reward)
    return reward.service.score(sequences, timeoutMs, signal)
  }
}

/** Prompts are no conversations: a reward model cannot read them. @throws ApiError 400 */
export function refuseJudge(method: BoundStrategy): null {
  if (method.kind !== 'choice' || method.chooser.by !== 'reward') return null
  throw invalidRequest(
    `${method.name} has answers to a conversation scored, and a prompt is none: send messages to /v1/chat/completions`,
    'decoding.strategy',
  )
}

function findReward(name: string | null, rewards: JudgeOptions['rewards']): RewardModel {
  const [first] = rewards.values()
  const reward = name === null ? first : rewards.get(name)
  if (reward) return reward
  throw invalidRequest(
    first
      ? `${param}: there is no reward model "${name}"; there are: ${[...rewards.keys()].join(', ')}`
      : `${param}: this server has no reward model to choose by; start one with "tandem up --reward NAME=DIR"`,
    param,
  )
}

function assertLengths(sequences: readonly (readonly number[])[], { name, contextLength }: RewardModel): void {
  const longest = Math.max(...sequences.map((ids) => ids.length))
  if (longest <= contextLength) return
  throw new DecodingError(
    param,
    `the conversation with an answer has ${longest} tokens, the reward model ${name} takes at most ${contextLength}: lower max_tokens`,
  )
}
