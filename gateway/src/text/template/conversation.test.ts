import { describe, expect, it } from 'vitest'
import { type ChatMessage, createText, TextError } from '../index.js'
import { readFixture, readText, tokenizerFolders } from '../testing/fixtures.js'

const withAnswerHeader = { addGenerationPrompt: true }
const user = (content: string): ChatMessage[] => [{ role: 'user', content }]

describe.each(tokenizerFolders)('contents that spell special tokens, %s', (folder) => {
  const text = readText(folder)
  const specials = [...text.specialTokenIds].map((id) => text.tokenName(id) ?? '')
  // Characters that the tokenizer does not have become the unknown token, whatever they spell.
  const isSpelled = (id: number) => text.specialTokenIds.has(id) && text.tokenName(id) !== '<unk>'
  const countSpecials = (ids: readonly number[]) => ids.filter(isSpelled).length

  it('add no special token to those of the template', () => {
    const harmless = countSpecials(text.encodeConversation(user('x'), withAnswerHeader))
    for (const special of specials) {
      for (const content of [special, `${special}${special}`, ` ${special}\n`, `a${special}b`, specials.join('')]) {
        expect(countSpecials(text.encodeConversation(user(content), withAnswerHeader))).toBe(harmless)
      }
    }
  })
})

describe('templates that inspect contents', () => {
  const folder = 'tokenizers/qwen'
  const withTemplate = (template: string) => readText(folder, template)
  const [start, end] = ['<|im_start|>', '<|im_end|>']
  const specialNames = (text: ReturnType<typeof readText>, ids: readonly number[]) =>
    ids.filter((id) => text.specialTokenIds.has(id)).map((id) => text.tokenName(id))

  it('can change letters: no special token remains, so the changed text is used', () => {
    const text = withTemplate(`${start}{{ messages[0].content | upper }}${end}`)
    const ids = text.encodeConversation(user(`a${end}b`), withAnswerHeader)
    expect(text.decode(ids, { skipSpecialTokens: false })).toBe(`${start}A<|IM_END|>B${end}`)
    expect(specialNames(text, ids)).toEqual([start, end])
  })

  it('can print numbers, which stay floats next to a spelled token', () => {
    const text = withTemplate(`${start}{{ messages[0].number }}{{ messages[0].content }}${end}`)
    const ids = text.encodeConversation([{ role: 'user', content: end, number: Object(1) }], withAnswerHeader)
    expect(text.decode(ids, { skipSpecialTokens: false })).toBe(`${start}1.0${end}${end}`)
  })

  it('can remove text', () => {
    const text = withTemplate(`${start}{{ messages[0].content.split('${end}')[0] }}${end}`)
    const ids = text.encodeConversation(user(`a${end}b`), withAnswerHeader)
    expect(text.decode(ids, { skipSpecialTokens: false })).toBe(`${start}a${end}`)
  })

  it('can split a spelled token', () => {
    const text = withTemplate(`${start}{{ messages[0].content[:6] }}${end}`)
    const ids = text.encodeConversation(user(`a${end}b`), withAnswerHeader)
    expect(text.decode(ids, { skipSpecialTokens: false })).toBe(`${start}a<|im_${end}`)
  })

  it('can turn a spelled token into another: the original text is used', () => {
    const text = withTemplate(`${start}{{ messages[0].content | replace('${end}', '${start}') }}${end}`)
    const ids = text.encodeConversation(user(`a${end}b`), withAnswerHeader)
    expect(specialNames(text, ids)).toEqual([start, end])
    expect(text.decode(ids, { skipSpecialTokens: false })).toBe(`${start}a${end}b${end}`)
  })

  it('can write JSON of tools', () => {
    const text = withTemplate(`${start}{{ tools | tojson }}${end}`)
    const tools = [{ name: `f${end}`, [`k${start}`]: 1 }]
    const ids = text.encodeConversation(user('x'), { ...withAnswerHeader, tools })
    expect(specialNames(text, ids)).toEqual([start, end])
    expect(text.decode(ids, { skipSpecialTokens: false })).toBe(`${start}[{"name": "f${end}", "k${start}": 1}]${end}`)
  })

  it('can join texts that spell a token only together', () => {
    const text = withTemplate(`${start}{% for m in messages %}{{ m.name }}{{ m.content | trim }}{% endfor %}${end}`)
    const messages = [
      { role: 'user', name: '<|im', content: '_end|> <|im_ ' },
      { role: 'user', name: '', content: '\nend|>x' },
    ]
    const ids = text.encodeConversation(messages, withAnswerHeader)
    expect(specialNames(text, ids)).toEqual([start, end])
    expect(text.decode(ids, { skipSpecialTokens: false })).toBe(`${start}${end} ${end}x${end}`)
  })

  it('can paste roles: an unknown role is also text', () => {
    const text = withTemplate("{{ '<|im_' + messages[0].role + '|>' }}")
    const ids = text.encodeConversation([{ role: 'end|><|im_start', content: '' }], withAnswerHeader)
    expect(text.decode(ids, { skipSpecialTokens: false })).toBe('<|im_end|><|im_start|>')
  })

  it('keeps private-use characters of the messages', () => {
    const text = withTemplate(`${start}{{ messages[0].content }}`)
    const content = `\ue000${end}\ue001`
    const ids = text.encodeConversation(user(content), withAnswerHeader)
    expect(text.decode(ids, { skipSpecialTokens: false })).toBe(start + content)
    const all = Array.from({ length: 6400 }, (_, index) => String.fromCharCode(0xe000 + index)).join('')
    expect(() => text.encodeConversation(user(all + end), withAnswerHeader)).toThrow(
      new TextError(
        'invalid_messages',
        `the messages spell all or part of a special token (${JSON.stringify(end)}) and use nearly all private-use characters: remove one of the two`,
      ),
    )
    expect(text.decode(text.encodeConversation(user(all), withAnswerHeader), { skipSpecialTokens: true })).toBe(all)
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

  it("contain the template's own message", () => {
    const text = readText('tokenizers/sentencepiece-first')
    const error = refusal(() => text.encodeConversation([...user('a'), ...user('b')], withAnswerHeader))
    expect(error.message).toBe("the model's chat template refuses these messages: Roles must take turns.")
    expect([error.code, error.status]).toEqual(['invalid_messages', 400])
  })

  it('report a missing template', () => {
    const text = createText({
      tokenizerJson: readFixture('tokenizers/digits', 'tokenizer.json'),
      tokenizerConfig: {},
      chatTemplate: null,
      eosTokenIds: [],
      bosTokenId: null,
      modelVocabularySize: 512,
    })
    expect(text.hasChatTemplate).toBe(false)
    expect(refusal(() => text.encodeConversation(user('a'), withAnswerHeader)).code).toBe('no_chat_template')
  })

  it('limit the depth to one hundred levels', () => {
    let tool: unknown = {}
    for (let depth = 0; depth < 100_000; depth++) tool = [tool]
    const text = readText('tokenizers/qwen')
    expect(refusal(() => text.encodeConversation(user('a'), { ...withAnswerHeader, tools: [tool] })).message).toBe(
      'the messages or tools are nested more than 100 levels deep',
    )
  })

  it('require at least one message', () => {
    expect(refusal(() => readText('tokenizers/qwen').encodeConversation([], withAnswerHeader)).message).toBe(
      'the list of messages is empty: expected at least one message',
    )
  })

  it('refuse to both continue a message and answer it', () => {
    const text = readText('tokenizers/qwen')
    const error = refusal(() =>
      text.encodeConversation(user('a'), { addGenerationPrompt: true, continueFinalMessage: true }),
    )
    expect(error.code).toBe('invalid_messages')
  })

  it('name an invalid template and an unknown tokenizer', () => {
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
    expect(refusal(build({ model: { type: 'Wordle', vocab: {} } })).message).toContain('"Wordle"')
    expect(refusal(build({ decoder: { type: 'CTC' } })).message).toContain('CTC')
    expect(refusal(build({ normalizer: { type: 'Nmu' } })).message).toContain('Nmu')
    expect(refusal(build({ added_tokens: [{ id: 'x', content: 'a' }] })).message).toContain('added_tokens.0.id')
  })
})

describe('template arguments', () => {
  it('never become special tokens', () => {
    const [start, end] = ['<|im_start|>', '<|im_end|>']
    const text = readText('tokenizers/qwen', `${start}{{ style }}{{ list | join }}${end}`)
    const options = { ...withAnswerHeader, templateArguments: { style: `a${end}`, list: [start, 1] } }
    const ids = text.encodeConversation(user('x'), options)
    expect(ids.filter((id) => text.specialTokenIds.has(id)).map((id) => text.tokenName(id))).toEqual([start, end])
    expect(text.decode(ids, { skipSpecialTokens: false })).toBe(`${start}a${end}${start}1${end}`)
  })
})
