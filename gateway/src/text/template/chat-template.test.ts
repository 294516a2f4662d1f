import { describe, expect, it } from 'vitest'
import { type ChatMessage, TextError } from '../index.js'
import { readFixture } from '../testing/fixtures.js'
import { createChatTemplate } from './chat-template.js'
import { formatTime } from './format-time.js'

const { messages, cases } = readFixture('templates', 'reference-renderings.json') as {
  messages: ChatMessage[]
  cases: { template: string; text: string | null }[]
}
const render = (template: string, options = {}) =>
  createChatTemplate(template, { bos_token: '<s>' })(messages, { addGenerationPrompt: true, ...options })

describe('chat templates', () => {
  it.each(cases.filter(({ text }) => text !== null))('renders $template as transformers does', ({ template, text }) => {
    expect(render(template)).toBe(text)
  })

  it.each(cases.filter(({ text }) => text === null))('refuses $template, as transformers does', ({ template }) => {
    expect(() => render(template)).toThrow(TextError)
  })

  it('distinguishes faults of the template from faults of the messages', () => {
    const codeOf = (template: string) => {
      try {
        return render(template)
      } catch (error) {
        return error instanceof TextError ? [error.code, error.status] : error
      }
    }
    for (const fault of [
      'x | nofilter',
      '"a" is notest',
      'x | random',
      '"a".encode()',
      '[1] | map("pprint")',
      'lipsum()',
    ])
      expect(codeOf(`{{ ${fault} }}`)).toEqual(['invalid_chat_template', 500])
    const atChats = '{% if messages | length == 3 and messages[0].role == "system" %}'
    for (const fault of ['"a" + none', 'messages.nope()', 'none | length', 'raise_exception("no")'])
      expect(codeOf(`${atChats}{{ ${fault} }}{% endif %}`)).toEqual(['invalid_messages', 400])
    expect(codeOf(`${atChats}{{ range }}{% endif %}`)).toEqual(['chat_template_failed', 500])
  })

  it('refuses a template that renders no conversation, when it is created', () => {
    const create = (template: string) => () => createChatTemplate(template, {})
    expect(create('{{ messages.nope() }}')).toThrow(
      new TextError(
        'invalid_chat_template',
        "the model's chat template cannot be used. With a short conversation: the model's chat template failed on these messages: 'list object' has no attribute 'nope'. " +
          'Correct chat_template.jinja, or remove it and send prompts as text to /v1/completions',
      ),
    )
    expect(create('{{ messages | map("upper") }}')).toThrow(/address in memory/)
    expect(create('{% include "x" %}')).toThrow(/\{% include %\} is not supported/)
    expect(create("{{ ''.join([1]) }}")).toThrow(/requires a string/)
    for (const fine of [
      'raise_exception("not these")',
      'messages[5].content',
      'messages[0].name.upper()',
      'style.name',
    ])
      expect(create(`{{ ${fine} }}`)).not.toThrow()
    expect(create('{% if messages | length < 3 %}{{ 1 / 0 }}{% endif %}')).not.toThrow()
  })

  it('keeps arguments from replacing special tokens', () => {
    expect(render('{{ bos_token }}', { templateArguments: { bos_token: 'x' } })).toBe('<s>')
  })

  it('reads Windows line ends as line feeds', () => {
    expect(render('{% if true %}\r\na\r\nb\r\n{% endif %}\r\n')).toBe('a\nb\n')
  })

  it('passes additional arguments to templates, but they cannot replace messages', () => {
    expect(render('{{ depth }}{{ messages | length }}', { templateArguments: { depth: 3, messages: [] } })).toBe('33')
  })

  it('provides the current year', () => {
    expect(render("{{ strftime_now('%Y') }}")).toBe(String(new Date().getFullYear()))
  })

  it('provides reasoning under each of its names', () => {
    const template = createChatTemplate('{{ messages[0].reasoning_content }} {{ messages[0].thinking }}', {})
    for (const name of ['reasoning', 'thinking', 'reasoning_content']) {
      const message = { role: 'assistant', content: '', [name]: 'why' }
      expect(template([message], { addGenerationPrompt: false })).toBe('why why')
    }
  })

  it('refuses an endless range', () => {
    expect(() => render('{{ range(100000000) | length }}')).toThrow(/at most 100000/)
  })

  it('ends at the last message if it is continued', () => {
    const open = { addGenerationPrompt: false, continueFinalMessage: true }
    const [, last] = render('{% for m in messages %}[{{ m.content }}]{% endfor %}', open).split('kept')
    expect(last).toBe('')
    expect(() => render('{{ messages[0].content }}', open)).toThrow(/does not output its text/)
  })
})

describe('formatTime', () => {
  it("supports Python's directives", () => {
    const time = new Date(2024, 6, 4, 15, 5, 9)
    expect(formatTime(time, '%d %b %Y %A %-d %B %y %H:%M:%S %I %p %F %T %j %%')).toBe(
      '04 Jul 2024 Thursday 4 July 24 15:05:09 03 PM 2024-07-04 15:05:09 186 %',
    )
  })
})
