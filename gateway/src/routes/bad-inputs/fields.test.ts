import { afterAll, beforeAll, describe, test } from 'vitest'
import { createTable } from './testing/create-table.js'

const testEach = createTable({ beforeAll, afterAll, test })

const chat = '/v1/chat/completions'

describe('B9 logit_bias', () => {
  const bias = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, id) => [id, -100]))
  const refused = { status: 400, param: 'logit_bias' }
  const tooMany = { ...refused, message: 'at most 1024' }
  testEach([
    ...['a', '-1', '1.5', '1e2', ' 1', '', '9999999999'].map((key) => ({
      fields: { logit_bias: { [key]: 1 } },
      ...refused,
      message: 'expected a token id',
    })),
    ...[512, 999_999_999].map((id) => ({
      fields: { logit_bias: { [id]: 1 } },
      ...refused,
      message: 'token ids of this model are below 512',
    })),
    ...[101, -101, null, 'a', true].map((value) => ({
      fields: { logit_bias: { 1: value } },
      ...refused,
      message: 'from -100 to 100',
    })),
    { name: 'a bias of 1e400', text: '{"model":"toy","prompt":[4],"logit_bias":{"1":1e400}}', ...refused },
    {
      name: 'a bias of NaN',
      text: '{"model":"toy","prompt":[4],"logit_bias":{"1":NaN}}',
      status: 400,
      message: 'the body is not JSON',
    },
    { name: '1,025 biases', fields: { logit_bias: bias(1025) }, ...tooMany },
    {
      name: '100,000 biases',
      fields: { logit_bias: Object.fromEntries(Array.from({ length: 100_000 }, (_, id) => [id, 1])) },
      ...tooMany,
    },
    { name: 'every token banned', fields: { logit_bias: bias(512) }, status: 200 },
    { name: 'every token banned, sampled', fields: { logit_bias: bias(512), model: 'toy/sample' }, status: 200 },
  ])
})

describe('B10 log-probabilities', () => {
  testEach([
    ...[0, 5].map((logprobs) => ({ fields: { logprobs }, status: 200 })),
    ...[-1, 6, 21, true].map((logprobs) => ({ fields: { logprobs }, status: 400, param: 'logprobs' })),
    ...[1, 2, 20].map((n) => ({ path: chat, fields: { logprobs: true, top_logprobs: n }, status: 200 })),
    ...[21, -1, 1e9].map((n) => ({
      path: chat,
      fields: { logprobs: true, top_logprobs: n },
      status: 400,
      param: 'top_logprobs',
    })),
    { path: chat, fields: { logprobs: 1 }, status: 400, param: 'logprobs' },
    ...[{}, { logprobs: false }].map((fields) => ({
      path: chat,
      fields: { ...fields, top_logprobs: 2 },
      status: 400,
      param: 'top_logprobs',
      message: 'requires logprobs: true',
    })),
  ])
})

describe('B11 stream_options', () => {
  testEach([
    ...[{}, { include_usage: true }, { unknown: 1 }].map((options) => ({
      fields: { stream_options: options },
      status: 400,
      param: 'stream_options',
    })),
    { fields: { stream_options: null }, status: 200 },
    ...[{}, { include_usage: null }, { unknown: 1 }, null].map((options) => ({
      fields: { stream: true, stream_options: options },
      status: 200,
    })),
    {
      fields: { stream: true, stream_options: { include_usage: 'yes' } },
      status: 400,
      param: 'stream_options.include_usage',
    },
  ])
})
