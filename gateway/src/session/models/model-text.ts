import type { GetModelResponse__Output } from '@tandem/proto'
import {
  createEncoderThread,
  openText,
  readTokenizerInfo,
  type Text,
  TextError,
  type TokenizerInfo,
} from '../../text/index.js'
import { SessionError } from '../contract/session-error.js'
import type { ServiceConnection } from '../grpc/service-connection.js'
import { createPromptEncoder, type PromptEncoder } from './prompt-encoder.js'

/** A model's tokenizer and template, and an encoder for prompts. */
export interface ModelText {
  readonly text: Text
  readonly encoder: PromptEncoder
  readonly tokenizerInfo: TokenizerInfo
}

/**
 * Reads a model's text from its service's files. The caller closes the encoder.
 * @param title the model's name in errors: "DPO"
 * @throws SessionError if the service is unavailable, or if its
 * tokenizer or template cannot be used
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
    const encoder = createPromptEncoder(text, createEncoderThread({ files, model }))
    return { text, encoder, tokenizerInfo: readTokenizerInfo(files, text) }
  } catch (cause) {
    if (!(cause instanceof TextError)) throw cause
    throw new SessionError('refused', `the ${title} model's text: ${cause.message}`, { cause })
  }
}

/**
 * Returns the maximum number of characters of one token.
 * It counts UTF-8 bytes: a character never has fewer bytes than UTF-16 units.
 */
export function findMaxTokenLength({ vocabularySize, tokenBytes }: Text): number {
  let longest = 0
  for (let id = 0; id < vocabularySize; id++) longest = Math.max(longest, tokenBytes(id).length)
  return longest
}
