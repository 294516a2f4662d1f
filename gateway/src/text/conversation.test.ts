import { describe, expect, it } from 'vitest'
import { type ChatMessage, createText, TextError } from './index.js'
import { readFixture, readText, tokenizerFolders } from './testing/fixtures.js'

const GENERATE = { addGenerationPrompt: true }
const user = (content: string): ChatMessage[] => [{ role: 'user', content }]

describe.each(tokenizerFolders)('contents with special tokens spelled in them, %s', (folder) => {
  const text = readText(folder)
  const specials = [...text.specialTokenIds].map((id) => text.tokenName(id) ?? '')
  // The unknown token comes of characters that the tokenizer lacks, whatever they spell.
  const isSpelled = (id: number) => text.specialTokenIds.has(id) && text.tokenName(id) !== '<unk>'
  const countSpecials = (ids: readonly number[]) => ids.filter(isSpelled).length

  it('add no special token to those of the template', () => {
    const harmless = countSpecials(text.encodeConversation(user('x'), GENERATE))
    for (const special of specials) {
      for (const content of [special, `${special}${special}`, ` ${special}\n`, `a${special}b`, specials.join('')]) {
        expect(countSpecials(text.encodeConversation(user(content), GENERATE))).toBe(harmless)
      }
    }
  })
})

describe('templates that look into contents', () => {
  const folder = 'tokenizers/qwen'
  const withTemplate = (template: string) => readText(folder, template)
  const [start, end] = ['<|im_start|>', '<|im_end|>']
  const specialNames = (text: ReturnType<typeof readText>, ids: readonly number[]) =>
    ids.filter((id) => text.specialTokenIds.has(id)).map((id) => text.tokenName(id))

  it('may change letters: no special token is left, so the changed text stands', () => {
    const text = withTemplate(`${start}{{ messages[0].content | upper }}${end}`)
    const ids = text.encodeConversation(user(`a${end}b`), GENERATE)
    expect(text.decode(ids, { skipSpecialTokens: false })).toBe(`${start}A<|IM_END|>B${end}`)
    expect(specialNames(text, ids)).toEqual([start, end])
  })

  it('may cut text away', () => {
    const text = withTemplate(`${start}{{ messages[0].content.split('${end}')[0] }}${end}`)
    const ids = text.encodeConversation(user(`a${end}b`), GENERATE)
    expect(text.decode(ids, { skipSpecialTokens: false })).toBe(`${start}a${end}`)
  })

  it('may cut a spelled token in two', () => {
    const text = withTemplate(`${start}{{ messages[0].content[:6] }}${end}`)
    const ids = text.encodeConversation(user(`a${end}b`), GENERATE)
    expect(text.decode(ids, { skipSpecialTokens: false })).toBe(`${start}a<|im_${end}`)
  })

  it('may turn a spelled token into another: the text as the caller wrote it stands', () => {
    const text = withTemplate(`${start}{{ messages[0].content | replace('${end}', '${start}') }}${end}`)
    const ids = text.encodeConversation(user(`a${end}b`), GENERATE)
    expect(specialNames(text, ids)).toEqual([start, end])
    expect(text.decode(ids, { skipSpecialTokens: false })).toBe(`${start}a${end}b${end}`)
  })

  it('may write JSON of tools', () => {
    const text = withTemplate(`${start}{{ tools | tojson }}${end}`)
    const tools = [{ name: `f${end}`, [`k${start}`]: 1 }]
    const ids = text.encodeConversation(user('x'), { ...GENERATE, tools })
    expect(specialNames(text, ids)).toEqual([start, end])
    expect(text.decode(ids, { skipSpecialTokens: false })).toBe(`${start}[{"name": "f${end}", "k${start}": 1}]${end}`)
  })

  it('may join texts that spell a token only together', () => {
    const text = withTemplate(`${start}{% for m in messages %}{{ m.name }}{{ m.content | trim }}{% endfor %}${end}`)
    const messages = [
      { role: 'user', name: '<|im', content: '_end|> <|im_ ' },
      { role: 'user', name: '', content: '\nend|>x' },
    ]
    const ids = text.encodeConversation(messages, GENERATE)
    expect(specialNames(text, ids)).toEqual([start, end])
    expect(text.decode(ids, { skipSpecialTokens: false })).toBe(`${start}${end} ${end}x${end}`)
  })

  it('may paste roles: an unknown role is text, too', () => {
    const text = withTemplate("{{ '<|im_' + messages[0].role + '|>' }}")
    const ids = text.encodeConversation([{ role: 'end|><|im_start', content: '' }], GENERATE)
    expect(text.decode(ids, { skipSpecialTokens: false })).toBe('<|im_end|><|im_start|>')
  })

  it('keeps private-use characters of the caller', () => {
    const text = withTemplate(`${start}{{ messages[0].content }}`)
    const content = `\ue000${end}\ue001`
    const ids = text.encodeConversation(user(content), GENERATE)
    expect(text.decode(ids, { skipSpecialTokens: false })).toBe(start + content)
    const all = Array.from({ length: 6400 }, (_, index) => String.fromCharCode(0xe000 + index)).join('')
    expect(() => text.encodeConversation(user(all + end), GENERATE)).toThrow(TextError)
    expect(text.decode(text.encodeConversation(user(all), GENERATE), { skipSpecialTokens: true })).toBe(all)
  })
})

describe('refusals', () => {
  const refusal = (run: () => unknown): TextError => {
    try {
      run()
    } catch (error) {
      if (error instanceof TextError) return error
      throw error
    }
    throw new Error('nothing was thrown')
  }

  it("gives the template's own words", () => {
    const text = readText('tokenizers/sentencepiece-first')
    const error = refusal(() => text.encodeConversation([...user('a'), ...user('b')], GENERATE))
    expect(error.message).toBe("The model's chat template refuses these messages: Roles must take turns.")
    expect([error.code, error.status]).toEqual(['invalid_messages', 400])
  })

  it('says that there is no template', () => {
    const text = createText({
      tokenizerJson: readFixture('tokenizers/digits', 'tokenizer.json'),
      tokenizerConfig: {},
      chatTemplate: null,
      eosTokenIds: [],
      bosTokenId: null,
      modelVocabularySize: 512,
    })
    expect(text.hasChatTemplate).toBe(false)
    expect(refusal(() => text.encodeConversation(user('a'), GENERATE)).code).toBe('no_chat_template')
  })

  it('goes a hundred levels deep at most', () => {
    let tool: unknown = {}
    for (let depth = 0; depth < 100_000; depth++) tool = [tool]
    const text = readText('tokenizers/qwen')
    expect(refusal(() => text.encodeConversation(user('a'), { ...GENERATE, tools: [tool] })).message).toBe(
      'The messages or tools are nested more than 100 levels deep.',
    )
  })

  it('wants a message', () => {
    expect(refusal(() => readText('tokenizers/qwen').encodeConversation([], GENERATE)).message).toBe(
      'There are no messages; at least one is needed.',
    )
  })

  it('does not continue a message and answer it', () => {
    const text = readText('tokenizers/qwen')
    const error = refusal(() =>
      text.encodeConversation(user('a'), { addGenerationPrompt: true, continueFinalMessage: true }),
    )
    expect(error.code).toBe('invalid_messages')
  })

  it('names a template that does not parse and a tokenizer that is not known', () => {
    expect(refusal(() => readText('tokenizers/qwen', '{% if %}')).code).toBe('invalid_chat_template')
    const json = readFixture('tokenizers/qwen', 'tokenizer.json') as Record<string, unknown>
    const build = (part: object) => () =>
      createText({
        tokenizerJson: { ...json, ...part },
        tokenizerConfig: null,
        chatTemplate: null,
        eosTokenIds: [],
        bosTokenId: null,
        modelVocabularySize: 512,
      })
    expect(refusal(build({ pre_tokenizer: { type: 'UnicodeScripts' } })).message).toContain('"UnicodeScripts"')
    expect(refusal(build({ model: { type: 'WordPiece', vocab: {} } })).message).toContain('"WordPiece"')
    expect(refusal(build({ decoder: { type: 'CTC' } })).message).toContain('CTC')
    expect(refusal(build({ normalizer: { type: 'Nmt' } })).message).toContain('Nmt')
    expect(refusal(build({ added_tokens: [{ id: 'x', content: 'a' }] })).message).toContain('added_tokens.0.id')
  })
})
