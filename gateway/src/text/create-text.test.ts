import { describe, expect, it } from 'vitest'
import type { ChatMessage } from './index.js'
import { readFixture, readText, tokenizerFolders } from './testing/fixtures.js'

interface References {
  readonly encode: { text: string; ids: number[]; ids_without_special: number[] }[]
  readonly chat: {
    messages: ChatMessage[]
    ids: number[]
    add_generation_prompt?: boolean
    continue_final_message?: boolean
  }[]
  readonly decode?: { ids: number[]; skip: string; keep: string }[]
}

for (const name of tokenizerFolders) {
  describe(name, () => {
    const text = readText(name)
    const references = readFixture(name, 'reference-tokens.json') as References

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
