import type { GetModelResponse__Output } from '@tandem/proto'
import type { ChatMessage, EncodeJob } from '../../text/index.js'
import { SessionError } from '../contract/session-error.js'
import { FailoverScorer, type Scorer } from '../failover/failover-scorer.js'
import type { RewardServiceConnection } from '../grpc/reward-service.js'
import type { ReplicaSet } from '../replicas/replica-set.js'
import { findMaxTokenLength, readText } from './model-text.js'
import type { PromptEncoder } from './prompt-encoder.js'

/** A reward model with its own tokenizer and template, ready to score conversations. */
export interface RewardModel {
  readonly name: string
  readonly replicas: ReplicaSet<RewardServiceConnection>
  readonly scorer: Scorer
  readonly info: GetModelResponse__Output
  /** Encodes conversations with the model's own text. Close it with the service's connection. */
  readonly encoder: PromptEncoder
  /** Maximum tokens of a conversation. */
  readonly contextLength: number
  /** Maximum characters of one token. */
  readonly maxTokenLength: number
}

/** Options of a reward model. */
export interface RewardOptions {
  readonly replicas: ReplicaSet<RewardServiceConnection>
  /** How often a call may be repeated on another replica. */
  readonly maxReplays: number
  /** Ends the wait for the model. */
  readonly signal: AbortSignal
}

/**
 * Waits for a reward model and reads its text.
 * @throws SessionError if the model is unavailable, or has no usable chat template
 */
export async function openReward(name: string, { replicas, maxReplays, signal }: RewardOptions): Promise<RewardModel> {
  const info = await replicas.firstModel(signal)
  const connection = replicas.anyConnection()
  const { text, encoder } = await readText(connection, info, name)
  if (!text.hasChatTemplate)
    throw new SessionError(
      'refused',
      `${connection.name} serves ${info.modelId}, which has no chat template: expected one, to read conversations. ` +
        'Save chat_template.jinja next to the weights and build the folder again',
    )
  const scorer = new FailoverScorer(name, replicas, maxReplays)
  const { contextLength } = info
  return { name, replicas, scorer, info, encoder, contextLength, maxTokenLength: findMaxTokenLength(text) }
}

/** Creates the encode job of a complete conversation, without the header of a next answer. */
export const toRewardJob = (messages: readonly ChatMessage[]): EncodeJob => ({
  type: 'conversation',
  messages,
  options: { addGenerationPrompt: false },
})

/** Creates the encode job of a conversation and an assistant's answer to it. */
export const toAnswerJob = (conversation: readonly ChatMessage[], content: string): EncodeJob =>
  toRewardJob([...conversation, { role: 'assistant', content }])
