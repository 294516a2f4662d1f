import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startToyGateway, type ToyGateway } from '../testing/toy-gateway.js'

let gateway: ToyGateway
beforeAll(async () => {
  gateway = await startToyGateway({
    prepare: ({ dpo, sft }) => {
      for (const { textFiles } of [dpo, sft])
        textFiles.set(
          'chat_template.jinja',
          "{{ 'what is' if enable_thinking is false else 'decoding' }}{{ levels | join(' ') }}",
        )
    },
  })
})
afterAll(() => gateway.stop())

const messages = [{ role: 'user', content: 'what' }]
const tokensWith = async (kwargs: unknown) => {
  const response = await gateway.post('/tokenize', { messages, chat_template_kwargs: kwargs })
  return ((await response.json()) as { tokens?: number[] }).tokens
}
const chat = (fields: object) =>
  gateway.post('/v1/chat/completions', { model: 'toy', messages, max_tokens: 1, ...fields })

describe('chat_template_kwargs', () => {
  test('are variables of the chat template', async () => {
    const { text } = gateway.pair
    expect(await tokensWith({ enable_thinking: false })).toEqual(text.encodePlain('what is'))
    for (const other of [{ enable_thinking: true }, {}, null, undefined])
      expect(await tokensWith(other)).toEqual(text.encodePlain('decoding'))
    expect(await tokensWith({ levels: [' what', 1.5, true, null] })).toEqual(
      text.encodePlain('decoding what 1.5 True None'),
    )
  })

  test('count as tokens of the prompt of a chat', async () => {
    const usage = async (kwargs: object) => {
      const response = await chat({ chat_template_kwargs: kwargs })
      return ((await response.json()) as { usage: { prompt_tokens: number } }).usage.prompt_tokens
    }
    const { text } = gateway.pair
    expect(await usage({ enable_thinking: false })).toBe(text.encodePlain('what is').length)
    expect(await usage({})).toBe(text.encodePlain('decoding').length)
  })

  test.each([
    ['messages', [], 'is set by the server'],
    ['tools', [], 'is set by the server'],
    ['add_generation_prompt', false, 'is set by the server'],
    ['raise_exception', 'x', 'is set by the server'],
    ['bos_token', 'x', "names the model's special tokens"],
    ['additional_special_tokens', [], "names the model's special tokens"],
    ['not a name', 1, 'is not a name'],
    ['x'.repeat(65), 1, 'is not a name'],
    ['object', { a: 1 }, 'must be a string, a number, a boolean, null or a list of these'],
    ['nested', [[1]], 'must be a string, a number, a boolean, null or a list of these'],
  ])('refuses %s', async (name, value, message) => {
    const response = await chat({ chat_template_kwargs: { [name]: value } })
    const { error } = (await response.json()) as { error: { message: string; param: string } }
    expect([response.status, error.param]).toEqual([400, `chat_template_kwargs.${name.slice(0, 64)}`])
    expect(error.message).toContain(message)
  })

  test('are limited in number and size, and must be an object', async () => {
    const messageOf = async (kwargs: unknown) => {
      const response = await chat({ chat_template_kwargs: kwargs })
      return ((await response.json()) as { error: { message: string } }).error.message
    }
    const many = Object.fromEntries(Array.from({ length: 33 }, (_, index) => [`a${index}`, 1]))
    expect(await messageOf(many)).toBe('chat_template_kwargs has 33 names: expected at most 32')
    expect(await messageOf({ a: 'é'.repeat(8192) })).toBe(
      'chat_template_kwargs has 16392 bytes: expected at most 16384',
    )
    for (const other of [[], 'x', 1]) expect(await messageOf(other)).toContain('chat_template_kwargs must be an object')
  })
})
