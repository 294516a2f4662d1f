import type { GetModelResponse__Output } from '@tandem/proto'
import type { ChatMessage, EncodeJob } from '../../text/index.js'
import { SessionError } from '../contract/session-error.js'
import type { RewardServiceConnection } from '../grpc/reward-service.js'
import { findMaxTokenLength, readText } from './model-text.js'
import type { PromptEncoder } from './prompt-encoder.js'

/** A reward model with its own tokenizer and template, ready to score conversations. */
export interface RewardModel {
  readonly name: string
  readonly service: RewardServiceConnection
  readonly info: GetModelResponse__Output
  /** Encodes conversations with the model's own text. Close it with the service's connection. */
  readonly encoder: PromptEncoder
  /** Maximum tokens of a conversation. */
  readonly contextLength: number
  /** Maximum characters of one token. */
  readonly maxTokenLength: number
}

/**
 * Connects to a reward service and reads its model's text.
 * @throws SessionError if the service is unavailable, or if its model has no usable chat template
 */
export async function openReward(name: string, service: RewardServiceConnection): Promise<RewardModel> {
  const info = await service.getModel()
  const { text, encoder } = await readText(service, info, name)
  if (!text.hasChatTemplate)
    throw new SessionError(
      'refused',
      `${service.name} serves ${info.modelId}, which has no chat template: expected one, to read conversations. ` +
        'Save chat_template.jinja next to the weights and build the folder again',
    )
  service.pin(info)
  return { name, service, info, encoder, contextLength: info.contextLength, maxTokenLength: findMaxTokenLength(text) }
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
