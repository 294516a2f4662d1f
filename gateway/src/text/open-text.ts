import { createText } from './create-text.js'
import type { Text, TextFiles } from './text.js'
import { TextError } from './tokenizer/text-error.js'

/** The properties of a model that its text files do not contain. */
export type TextModel = Pick<TextFiles, 'eosTokenIds' | 'bosTokenId' | 'modelVocabularySize'>

/**
 * Creates the text functions of a model from the files that its service sends: tokenizer.json, and
 * tokenizer_config.json and chat_template.jinja if they exist.
 * @throws TextError as `createText`, and `invalid_tokenizer` if a file is missing or not JSON
 */
export function openText(files: ReadonlyMap<string, Uint8Array>, model: TextModel): Text {
  const tokenizerJson = parseFile(files, 'tokenizer.json')
  if (tokenizerJson === null)
    throw new TextError('invalid_tokenizer', 'the model folder has no tokenizer.json. Build it again.')
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
