import { openText } from '@tandem/gateway/text'
import type { TextValidator } from '@tandem/models'

/**
 * Whether the gateway could serve a model's text: what it would refuse at its start is refused before a build.
 * @throws Error telling what in which file is not supported
 */
export const validateText: TextValidator = (files, { vocabularySize, eosTokenIds, bosTokenId }) => {
  openText(files, { eosTokenIds, bosTokenId, modelVocabularySize: vocabularySize })
}
