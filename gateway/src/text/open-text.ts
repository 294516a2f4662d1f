import { createText } from './create-text.js'
import { type Text, TextError, type TextFiles } from './types.js'

export type ModelOfText = Pick<TextFiles, 'eosTokenIds' | 'bosTokenId' | 'modelVocabularySize'>

/**
 * Text of a model from the files of its folder, by name, as its service sends them: tokenizer.json, and
 * tokenizer_config.json and chat_template.jinja where there are such.
 * @throws TextError as `createText`, and `invalid_tokenizer` where a file is missing or not JSON.
 */
export function openText(files: ReadonlyMap<string, Uint8Array>, model: ModelOfText): Text {
  const tokenizerJson = parseFile(files, 'tokenizer.json')
  if (tokenizerJson === null)
    throw new TextError('invalid_tokenizer', 'There is no tokenizer.json. Build the model folder again.')
  const template = files.get('chat_template.jinja')
  return createText({
    ...model,
    tokenizerJson,
    tokenizerConfig: parseFile(files, 'tokenizer_config.json') ?? {},
    chatTemplate: template === undefined ? null : new TextDecoder().decode(template),
  })
}

function parseFile(files: ReadonlyMap<string, Uint8Array>, name: string): unknown {
  const bytes = files.get(name)
  if (bytes === undefined) return null
  try {
    return JSON.parse(new TextDecoder().decode(bytes))
  } catch (cause) {
    throw new TextError('invalid_tokenizer', `${name} is not JSON. Build the model folder again.`, { cause })
  }
}
