import type { GetModelResponse__Output } from '@tandem/proto'
import { createEncoderThread, openText, type Text, TextError } from '../text/index.js'
import type { ServiceConnection } from './service-connection.js'
import { createPromptEncoder, type PromptEncoder } from './prompt-encoder.js'
import { SessionError } from './session-error.js'

/** The text of a model, and what encodes prompts with it. */
export interface ModelText {
  readonly text: Text
  readonly encoder: PromptEncoder
}

/**
 * The text of a model, from its service's files. Whoever gets it closes the encoder.
 * @param title as errors call the model: "DPO"
 * @throws SessionError where the service is gone, or its tokenizer or template cannot be used
 */
export async function readText(
  service: Pick<ServiceConnection, 'getTextFiles'>,
  info: GetModelResponse__Output,
  title: string,
): Promise<ModelText> {
  const files = await service.getTextFiles()
  const model = {
    eosTokenIds: info.eosTokenIds,
    bosTokenId: info.bosTokenId ?? null,
    modelVocabularySize: info.vocabularySize,
  }
  try {
    const text = openText(files, model)
    return { text, encoder: createPromptEncoder(text, createEncoderThread({ files, model })) }
  } catch (cause) {
    if (!(cause instanceof TextError)) throw cause
    throw new SessionError('refused', `the ${title} model's text: ${cause.message}`, { cause })
  }
}

/** No token stands for more characters. In bytes, of which no character has fewer than it has UTF-16 units. */
export function findMaxTokenLength({ vocabularySize, tokenBytes }: Text): number {
  let most = 0
  for (let id = 0; id < vocabularySize; id++) most = Math.max(most, tokenBytes(id).length)
  return most
}
