import type { GetModelResponse__Output } from '@tandem/proto'
import type { ChatMessage, EncodeJob } from '../text/index.js'
import { findMaxTokenLength, readText } from './model-text.js'
import type { PromptEncoder } from './prompt-encoder.js'
import type { RewardServiceConnection } from './reward-service.js'
import { SessionError } from './session-error.js'

/** A reward model with its own text, ready to score conversations. */
export interface Reward {
  readonly name: string
  readonly service: RewardServiceConnection
  readonly info: GetModelResponse__Output
  /** Of conversations, with the model's own text. Closed with the service's connection. */
  readonly encoder: PromptEncoder
  /** Most tokens of a conversation. */
  readonly contextLength: number
  /** No token stands for more characters. */
  readonly maxTokenLength: number
}

/**
 * Asks a reward service what it serves.
 * @throws SessionError where it is unavailable, or its model has no text that can be used
 */
export async function openReward(name: string, service: RewardServiceConnection): Promise<Reward> {
  const info = await service.getModel()
  const { text, encoder } = await readText(service, info, name)
  if (!text.hasChatTemplate)
    throw new SessionError(
      'refused',
      `${service.name} serves ${info.modelId}, which has no chat template, so it cannot read conversations. ` +
        'Save one beside the weights (chat_template.jinja) and build the folder again',
    )
  service.pin(info)
  return { name, service, info, encoder, contextLength: info.contextLength, maxTokenLength: findMaxTokenLength(text) }
}

/** What a reward model reads of a whole conversation: its own template, without the header of a next answer. */
export const toRewardJob = (messages: readonly ChatMessage[]): EncodeJob => ({
  type: 'conversation',
  messages,
  options: { addGenerationPrompt: false },
})

/** What it reads of a conversation with one more message, the assistant's answer. */
export const toAnswerJob = (conversation: readonly ChatMessage[], content: string): EncodeJob =>
  toRewardJob([...conversation, { role: 'assistant', content }])
