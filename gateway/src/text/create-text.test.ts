import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { type ChatMessage, createText } from './index.js'

const fixtures = fileURLToPath(new URL('../../../test/fixtures/', import.meta.url))

interface References {
  encode: { text: string; ids: number[]; ids_without_special: number[] }[]
  chat: { messages: ChatMessage[]; ids: number[]; add_generation_prompt?: boolean; continue_final_message?: boolean }[]
  decode?: { ids: number[]; skip: string; keep: string }[]
}

function readText(folder: string) {
  const read = (name: string) => readFileSync(`${folder}/${name}`, 'utf8')
  return createText({
    tokenizerJson: JSON.parse(read('tokenizer.json')),
    tokenizerConfig: JSON.parse(read('tokenizer_config.json')),
    chatTemplate: existsSync(`${folder}/chat_template.jinja`) ? read('chat_template.jinja') : null,
    eosTokenIds: [],
    bosTokenId: null,
  })
}

const folders = ['tiny', 'tokenizers'].flatMap((group) =>
  existsSync(fixtures + group) ? readdirSync(fixtures + group).map((name) => `${group}/${name}`) : [],
)

for (const name of folders.filter((folder) => existsSync(`${fixtures}${folder}/reference-tokens.json`))) {
  describe(name, () => {
    const text = readText(fixtures + name)
    const references = JSON.parse(readFileSync(`${fixtures}${name}/reference-tokens.json`, 'utf8')) as References

    it.each(references.encode)('encodes $text as transformers does', (reference) => {
      expect(text.encode(reference.text)).toEqual(reference.ids)
      expect(text.encodePlain(reference.text)).toEqual(reference.ids_without_special)
    })

    it.each(references.chat)('encodes a conversation as transformers does: $messages', (reference) => {
      const ids = text.encodeConversation(reference.messages, {
        addGenerationPrompt: reference.add_generation_prompt ?? true,
        continueFinalMessage: reference.continue_final_message ?? false,
      })
      expect(ids).toEqual(reference.ids)
    })

    it.each(references.decode ?? [])('decodes $ids as transformers does', (reference) => {
      expect(text.decode(reference.ids, { skipSpecialTokens: true })).toBe(reference.skip)
      expect(text.decode(reference.ids, { skipSpecialTokens: false })).toBe(reference.keep)
    })
  })
}
