import { openText } from '@tandem/gateway/text'
import type { TextValidator } from '@tandem/models'

/**
 * Checks before a build whether the gateway can serve a model's tokenizer and template.
 * @throws Error naming the file and what is not supported in it
 */
export const validateText: TextValidator = (files, { vocabularySize, eosTokenIds, bosTokenId }) => {
  openText(files, { eosTokenIds, bosTokenId, modelVocabularySize: vocabularySize })
}
