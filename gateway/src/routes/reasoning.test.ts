import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { cutIntoTokens, endOfText, useByteTokens } from '../testing/byte-tokens.js'
import { readEvents, startToyGateway, type ToyGateway } from '../testing/toy-gateway.js'

/** `reasoning_content` of models that think. */

const keepsReasoning =
  '{% for m in messages %}{% if m.reasoning_content %}<think>{{ m.reasoning_content }}</think>{% endif %}{{ m.content }}{% endfor %}'
const templates = {
  plain: '{{ messages[0].content }}',
  closed: keepsReasoning,
  switched:
    '{{ messages[0].content }}{% if enable_thinking %}<think>\n{% elif enable_thinking is false %}<think>\n\n</think>\n\n{% endif %}',
  open: `${keepsReasoning}{% if add_generation_prompt %}<think>\n{% endif %}`,
}

const messageSchema = z.object({ content: z.string(), reasoning_content: z.string().nullish() })
const wholeSchema = z.object({ choices: z.array(z.object({ message: messageSchema })).length(1) })
const deltaSchema = messageSchema.partial()
const chunkSchema = z.object({ choices: z.array(z.object({ delta: deltaSchema })).length(1) })

describe.each(Object.entries(templates))('with the template %s', (name, template) => {
  let gateway: ToyGateway
  beforeAll(async () => {
    gateway = await startToyGateway({
      prepare: ({ dpo, sft }) => {
        for (const service of [dpo, sft]) {
          useByteTokens(service)
          service.textFiles.set('chat_template.jinja', template)
        }
      },
    })
  })
  afterAll(() => gateway.stop())
  let promptLength: number | null
  beforeEach(() => {
    promptLength = null
  })

  const post = (body: object) =>
    gateway.post('/v1/chat/completions', { model: 'toy', messages: [{ role: 'user', content: 'a' }], ...body })

  /**
   * Makes the models write a text, and returns the message, which is the same if it is streamed.
   */
  async function answer(text: string, more: object = {}) {
    const ids = cutIntoTokens(text, [])
    promptLength = null
    for (const service of [gateway.dpo, gateway.sft])
      service.prefer = (before) => {
        promptLength ??= before.length
        return [ids[before.length - promptLength] ?? endOfText]
      }
    const [choice] = wholeSchema.parse(await (await post(more)).json()).choices
    promptLength = null
    const chunks = z.array(chunkSchema).parse(await readEvents(await post({ ...more, stream: true })))
    const deltas = chunks.flatMap(({ choices }) => choices.map(({ delta }) => delta))
    const join = (key: 'content' | 'reasoning_content') => deltas.map((delta) => delta[key] ?? '').join('')
    const message = choice?.message
    expect([join('content'), join('reasoning_content')]).toEqual([message?.content, message?.reasoning_content ?? ''])
    return message
  }

  if (name === 'plain')
    test('nothing is separated', async () => {
      const text = '<think>b</think>a'
      expect(await answer(text)).toEqual({ content: text })
    })
  if (name === 'closed') {
    test('reasoning between the tags is separated', async () => {
      expect(await answer('<think>\nab\n</think>\n\nb')).toEqual({ reasoning_content: 'ab', content: 'b' })
      expect(await answer('ab')).toEqual({ reasoning_content: null, content: 'ab' })
    })
    test('the request can keep it in the content, or leave it out', async () => {
      const text = '<think>a</think>b'
      expect(await answer(text, { separate_reasoning: false })).toEqual({ content: text })
      expect(await answer(text, { include_reasoning: false })).toEqual({ reasoning_content: null, content: 'b' })
    })
    test('an answer that continues reasoning begins with it', async () => {
      const messages = [
        { role: 'user', content: 'a' },
        { role: 'assistant', content: '<think>a' },
      ]
      const body = { messages, continue_final_message: true }
      expect(await answer('b</think>a', body)).toEqual({ reasoning_content: 'b', content: 'a' })
    })
  }
  if (name === 'switched')
    test('the variables of the request switch the reasoning on and off', async () => {
      const withThinking = (value: unknown) => ({ chat_template_kwargs: { enable_thinking: value } })
      expect(await answer('ab</think>b', withThinking(true))).toEqual({ reasoning_content: 'ab', content: 'b' })
      const text = '<think>b</think>a'
      expect(await answer(text, withThinking(false))).toEqual({ reasoning_content: null, content: text })
      expect(await answer(text)).toEqual({ content: text })
    })
  test('a field that switches reasoning off is refused if the model thinks nevertheless', async () => {
    const ask = async (fields: object) => {
      const response = await post({ max_tokens: 1, ...fields })
      const { error } = (await response.json()) as { error?: { message: string; param: string } }
      return [response.status, error?.param]
    }
    const thinks = name === 'closed' || name === 'open'
    for (const fields of [{ reasoning_effort: 'none' }, { reasoning: { enabled: false } }, { enable_thinking: false }])
      expect(await ask(fields)).toEqual(thinks ? [400, Object.keys(fields)[0]] : [200, undefined])
    const isOff = { chat_template_kwargs: { enable_thinking: false }, enable_thinking: false }
    if (name === 'switched') expect(await ask(isOff)).toEqual([200, undefined])
  })
  if (name === 'open')
    test('the answer begins with reasoning', async () => {
      expect(await answer('ab\n</think>\n\nb')).toEqual({ reasoning_content: 'ab', content: 'b' })
      expect(await answer('ab', { max_tokens: 2 })).toEqual({ reasoning_content: 'ab', content: '' })
    })
})
