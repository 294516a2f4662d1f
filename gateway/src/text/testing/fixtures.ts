import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { createText, type Text } from '../index.js'

const fixtures = fileURLToPath(new URL('../../../../test/fixtures/', import.meta.url))

/** The folders under test/fixtures that hold a tokenizer and what transformers does with it. */
export const tokenizerFolders: readonly string[] = ['tiny', 'tokenizers']
  .flatMap((group) => readdirSync(fixtures + group).map((name) => `${group}/${name}`))
  .filter((folder) => existsSync(`${fixtures}${folder}/reference-tokens.json`))

/** One file of a fixture folder, parsed. */
export function readFixture(folder: string, name: string): unknown {
  return JSON.parse(readFileSync(`${fixtures}${folder}/${name}`, 'utf8'))
}

/** The text of a fixture folder; `template` stands in for its chat template. */
export function readText(folder: string, template?: string): Text {
  return createText({
    tokenizerJson: readFixture(folder, 'tokenizer.json'),
    tokenizerConfig: readFixture(folder, 'tokenizer_config.json'),
    chatTemplate: template ?? readFileSync(`${fixtures}${folder}/chat_template.jinja`, 'utf8'),
    eosTokenIds: [2],
    bosTokenId: null,
    modelVocabularySize: 1024,
  })
}
