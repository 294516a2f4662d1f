import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Text } from '../../../text/index.js'
import { readText, tokenizerFolders } from '../../../text/testing/fixtures.js'
import { promptOffsets } from './prompt-offsets.js'
import { readSkeleton } from './skeleton.js'

/** Encodes a text and cuts it at the offsets of its tokens. */
function cut(text: Text, sent: string, addsSpecialTokens: boolean) {
  const ids = addsSpecialTokens ? text.encode(sent) : text.encodePlain(sent)
  const offsets = promptOffsets(text, ids, sent, addsSpecialTokens)
  const characters = [...sent]
  const parts = ids.map((_, i) => characters.slice(offsets[i], offsets[i + 1] ?? characters.length).join(''))
  return { ids, offsets, parts }
}

const specials = ['<s>', '</s>', '<|im_start|>', '<|im_end|>', '<mask>', '[MASK]', '<|bos|>', '<|end|>', '<pad>']
const scripts = [
  'a',
  'B',
  ' ',
  '  ',
  '\n',
  '\t',
  '1',
  '.',
  'é',
  'e\u0301',
  'ﬁ',
  'Ⅷ',
  '数',
  'ｆ',
  '🙂',
  '👩‍👩',
  'ไท',
  'हि',
  '가',
  '\u200b',
  '\0',
]
const pieces = fc.oneof({ weight: 5, arbitrary: fc.constantFrom(...scripts) }, fc.constantFrom('<unk>', ...specials))
const mixed = fc.array(pieces, { maxLength: 24 }).map((list) => list.join(''))
const anyText = fc.oneof(mixed, fc.string({ unit: 'binary' }))
const words = fc.array(fc.constantFrom('a', 'is', ' what', ' decoding', '\n', '  ', 'é', '🙂', '.', ...specials), {
  maxLength: 20,
})

describe.each(tokenizerFolders)('%s', (folder) => {
  const text = readText(folder)

  test('offsets begin at 0, ascend, and cut the text that was sent', () => {
    fc.assert(
      fc.property(anyText, fc.boolean(), (sent, addsSpecialTokens) => {
        const { ids, offsets, parts } = cut(text, sent, addsSpecialTokens)
        expect(offsets).toHaveLength(ids.length)
        expect(offsets).toEqual(offsets.toSorted((a, b) => a - b))
        if (text.encodePlain(sent).length > 0) expect([offsets[0], parts.join('')]).toEqual([0, sent])
      }),
    )
  })

  const fold = (part: string) => readSkeleton(part).units.join('')
  const isPartOfCharacter = (token: string) => token.includes('\ufffd')
  test('each part is the text of its token', () => {
    fc.assert(
      fc.property(words, (list) => {
        const { ids, parts } = cut(text, list.join(''), false)
        const tokens = ids.map((id) => text.tokenText(id))
        // Where a character has no token, more than one place can be right.
        fc.pre(!tokens.some((token) => /^<.+>$/.test(token) && !list.includes(token)))
        for (const [i, token] of tokens.entries()) {
          // This normalizer writes an emoji as two characters.
          const isReplaced = folder.endsWith('charsmap') && [':', ')'].includes(token.trim())
          if (!isReplaced && !isPartOfCharacter(token)) expect(fold(parts[i] ?? '')).toBe(fold(token))
        }
      }),
    )
  })
})

test.each([
  ['sentencepiece-legacy', 'is</s> a<s>a', ['', '', 'i', 's', '</s>', ' ', 'a', '<s>', 'a']],
  ['qwen', '<|im_start|>user\n<|im_end|>\n', ['<|im_start|>', 'u', 'ser', '\n', '<|im_end|>', '\n']],
  ['qwen', 'cafe\u0301 is ﬁne', ['caf', 'e\u0301', ' ', 'i', 's', ' ', '', '', 'ﬁ', 'n', 'e']],
  ['flags', ' É A', [' ', 'É', ' A']],
  ['words', 'cafe\u0301 is', ['cafe\u0301', ' i', 's']],
  ['words', '<|im_start|>user\nw<|im_end|>\n', ['<|im_start|>', 'user', '\nw', '<|im_end|>\n']],
  ['unigram', 'a 🙂 b  c', ['a', ' ', '🙂', ' b', ' ', ' c', '']],
])('%s cuts %j', (folder, sent, parts) => {
  expect(cut(readText(`tokenizers/${folder}`), sent, true).parts).toEqual(parts)
})
