import type { GetModelResponse__Output } from '@tandem/proto'
import { openText, type Text, TextError } from '../text/index.js'
import type { ServiceConnection } from './connection.js'
import { SessionError } from './session-error.js'

/**
 * The text of a model, from its service's files.
 * @param title as errors call the model: "DPO"
 * @throws SessionError where the service is gone, or its tokenizer or template cannot be used
 */
export async function readText(
  service: Pick<ServiceConnection, 'getTextFiles'>,
  info: GetModelResponse__Output,
  title: string,
): Promise<Text> {
  const files = await service.getTextFiles()
  try {
    return openText(files, {
      eosTokenIds: info.eosTokenIds,
      bosTokenId: info.bosTokenId ?? null,
      modelVocabularySize: info.vocabularySize,
    })
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
