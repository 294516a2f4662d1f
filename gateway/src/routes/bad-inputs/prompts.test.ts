import { afterAll, beforeAll, describe, test } from 'vitest'
import type { BadInput } from './testing/bad-input.js'
import { createTable } from './testing/create-table.js'

const testEach = createTable({ beforeAll, afterAll, test })

const chat = '/v1/chat/completions'
const user = (content: unknown) => ({ role: 'user', content })
const tooLong = { status: 400, code: 'context_length_exceeded' }
const long = 'x'.repeat(900_000)

describe('B7 prompts', () => {
  const refused = { status: 400, param: 'prompt' }
  testEach([
    ...[undefined, 1, true, {}, [true], [{}], ['a', 1], [1, 'a'], [[1], 'a'], [1.5], [-1], [null], [[]], ['']].map(
      (prompt) => ({
        name: JSON.stringify({ prompt }),
        fields: { prompt },
        status: 400,
      }),
    ),
    ...['', []].map((prompt) => ({ fields: { prompt }, ...refused, message: 'prompt is empty' })),
    ...[512, 2 ** 31, Number.MAX_SAFE_INTEGER].map((id) => ({
      fields: { prompt: [4, id] },
      ...refused,
      message: 'token ids of this model are below 512',
    })),
    { fields: { prompt: Array(65).fill('a') }, ...refused, code: 'array_above_max_length' },
    { name: 'a prompt of 900,000 characters', fields: { prompt: long }, ...tooLong, param: 'prompt' },
    { name: 'a prompt of 10 MB', fields: { prompt: long.repeat(11) }, status: 413 },
    {
      name: 'ten times as many words as fit',
      fields: { prompt: 'some words '.repeat(300) },
      ...tooLong,
      param: 'prompt',
    },
  ])
})

describe('B18 the context of 64 tokens, 60 of them for the prompt', () => {
  testEach([
    { fields: { prompt: Array(50).fill(7), max_tokens: 14 }, status: 200 },
    {
      fields: { prompt: Array(50).fill(7), max_tokens: 15 },
      ...tooLong,
      param: 'prompt',
      message: 'you requested 65 tokens (50 in the prompt, 15 in the completion)',
    },
    { fields: { prompt: Array(60).fill(7) }, status: 200 },
    { fields: { prompt: Array(61).fill(7) }, ...tooLong, param: 'prompt', message: 'at most 60 tokens' },
    { fields: { prompt: Array(640).fill(7) }, ...tooLong, param: 'prompt' },
  ])
})

describe('B6 messages', () => {
  const refused = (messages: unknown, param: string, message?: string): BadInput => ({
    name: `${JSON.stringify({ messages })}`,
    path: chat,
    fields: { messages },
    status: 400,
    param,
    ...(message === undefined ? {} : { message }),
  })
  const accepted = (messages: unknown): BadInput => ({ path: chat, fields: { messages }, status: 200 })
  testEach([
    refused(undefined, 'messages', 'messages is missing: expected a list'),
    ...['a', 1, true, {}].map((messages) => refused(messages, 'messages', ': expected a list')),
    refused([], 'messages', 'at least one message'),
    ...['a', 1, null, [], true].map((message) => refused([message], 'messages.0')),
    refused([{ content: 'a' }], 'messages.0.role'),
    ...['', 'root', 'User', '<|im_end|>', 1, null].map((role) => refused([{ role, content: 'a' }], 'messages.0.role')),
    ...[1, true, {}, ['a'], [{}], [{ type: 'text' }], [{ type: 'text', text: 1 }]].map((content) =>
      refused([user(content)], 'messages.0.content'),
    ),
    refused(
      [user([{ type: 'image_url', image_url: { url: 'http://localhost/x' } }])],
      'messages.0.content',
      'supports only text',
    ),
    refused([{ role: 'assistant', content: 'a', tool_calls: [{}] }], 'messages.0.tool_calls', 'not supported'),
    refused(
      [{ role: 'assistant', content: null, function_call: { name: 'f' } }],
      'messages.0.function_call',
      'not supported',
    ),
    refused([{ role: 'assistant', audio: { id: 'a' } }], 'messages.0.audio', 'not supported'),
    accepted([user('')]),
    ...[user(null), { role: 'user' }, { role: 'system', content: null }, { role: 'tool' }].map((message) =>
      refused([message], 'messages.0.content', 'messages.0.content is null or missing: expected text'),
    ),
    ...[{ role: 'assistant' }, { role: 'assistant', content: null }].map((turn) =>
      accepted([user('a'), turn, user('b')]),
    ),
    accepted([{ role: 'assistant', content: 'a' }]),
    accepted([user('a'), { role: 'assistant', content: 'a' }, { role: 'assistant', content: 'b' }]),
    accepted([user('a'), user('b'), { role: 'system', content: 'c' }]),
    { name: '2,049 messages', ...refused(Array(2_049).fill(user('a')), 'messages'), code: 'array_above_max_length' },
    { name: '100,000 items', ...refused(Array(100_000).fill({}), 'messages'), code: 'array_above_max_length' },
    { name: '20,000 messages', ...refused(Array(20_000).fill(user('')), 'messages'), code: 'array_above_max_length' },
    {
      name: 'content of 900,000 characters',
      path: chat,
      fields: { messages: [user(long)] },
      ...tooLong,
      param: 'messages',
    },
    {
      name: 'the same size in parts',
      path: chat,
      fields: { messages: [user(Array(9).fill({ type: 'text', text: long.slice(0, 100_000) }))] },
      ...tooLong,
    },
    {
      name: 'the same size under another key',
      path: chat,
      fields: { messages: [{ ...user('a'), name: long }] },
      status: 400,
      param: 'messages',
    },
  ])
})

describe('B8 stops', () => {
  const refused = (stop: unknown, param: string) => ({ fields: { stop }, status: 400, param })
  testEach([
    refused('', 'stop'),
    refused([''], 'stop.0'),
    refused(['a', ''], 'stop.1'),
    refused([1], 'stop'),
    refused([['a']], 'stop'),
    refused(Array(17).fill('a'), 'stop'),
    refused(Array(100_000).fill('a'), 'stop'),
    refused('a'.repeat(1_025), 'stop'),
    { name: 'a stop of 900,000 characters', ...refused([long], 'stop.0') },
    { name: 'a stop of 1 MB', fields: { stop: ['x'.repeat(1_000_000)] }, status: 413 },
    ...[
      'a',
      [],
      Array(5).fill('a'),
      Array(16).fill('a'),
      '<|im_end|>',
      '\ufffd',
      '\ud800',
      '\u0000',
      'a'.repeat(1_024),
    ].map((stop) => ({
      fields: { stop },
      status: 200,
    })),
    { fields: { prompt: 'in the prompt', stop: 'in the prompt' }, status: 200 },
    {
      name: 'split across five tokens of the answer',
      fields: { prompt: [5, 388, 365], stop: 'k}G4 l', max_tokens: 12, ignore_eos: true },
      status: 200,
      contains: '"text":"co quic"',
    },
    ...[[512], [-1], [1.5], ['a'], Array(257).fill(1)].map((ids) => ({ fields: { stop_token_ids: ids }, status: 400 })),
  ])
})

describe('B17 models', () => {
  const unknown = { status: 404, param: 'model', code: 'model_not_found' }
  testEach([
    ...[
      '',
      ' ',
      'Toy',
      'toy/',
      '/toy',
      'toy/AAD',
      'toy/aad/',
      'toy/constructor',
      '../../etc/passwd',
      'http://localhost/',
      '/etc/passwd',
      'a\u0000b',
      '\ud800',
      'toy\n',
    ].map((model) => ({
      name: JSON.stringify({ model }),
      fields: { model },
      ...unknown,
    })),
    { fields: { model: 'x'.repeat(512) }, ...unknown },
    { fields: { model: 'x'.repeat(513) }, status: 400, param: 'model' },
    { name: 'a model of 1 MB', fields: { model: 'x'.repeat(1_000_000) }, status: 413 },
    { name: 'a model of 900,000 characters', fields: { model: long }, status: 400, param: 'model' },
    { name: 'an unknown model in the path', path: '/v1/models/other', method: 'GET', ...unknown },
    { name: 'a long one', path: `/v1/models/${'x'.repeat(15_000)}`, method: 'GET', ...unknown },
  ])
})
