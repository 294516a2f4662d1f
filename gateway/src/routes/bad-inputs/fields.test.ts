import { afterAll, beforeAll, describe, test } from 'vitest'
import { type BadInput, createTable } from './testing/bad-input.js'

const testEach = createTable({ beforeAll, afterAll, test })

const chat = '/v1/chat/completions'

/** Values of every JSON type, with the kinds of fields that accept them. */
const values: readonly (readonly [unknown, readonly string[]])[] = [
  ['a', ['text']],
  ['1', ['text']],
  [1, ['number', 'integer']],
  [0.5, ['number']],
  [true, ['flag']],
  [{}, ['object']],
  [[], ['list']],
]
const kinds = {
  number: ['temperature', 'top_p', 'min_p', 'presence_penalty', 'frequency_penalty', 'repetition_penalty'],
  integer: ['max_tokens', 'min_tokens', 'top_k', 'seed', 'n', 'prompt_logprobs', 'truncate_prompt_tokens'],
  flag: [
    'stream',
    'ignore_eos',
    'skip_special_tokens',
    'include_stop_str_in_output',
    'return_token_ids',
    'return_tokens_as_token_ids',
  ],
  text: ['model'],
  object: ['logit_bias', 'stream_options', 'decoding'],
  list: ['stop_token_ids'],
}

describe.each(Object.entries(kinds))('a field of type %s, with values of other types', (kind, fields) => {
  const wrong = values.filter(([, accepted]) => !accepted.includes(kind)).map(([value]) => value)
  testEach(
    fields.flatMap((field) =>
      wrong.map((value) => ({ fields: { [field]: value }, status: 400, param: field, message: `${field} ` })),
    ),
  )
})

describe('of one endpoint', () => {
  testEach([
    ...['a', '1', 0.5, true, {}, []].map((logprobs) => ({ fields: { logprobs }, status: 400, param: 'logprobs' })),
    ...['a', 1, 0, {}, []].map((logprobs) => ({ path: chat, fields: { logprobs }, status: 400, param: 'logprobs' })),
    ...['a', 0.5, true, {}, []].map((top) => ({
      path: chat,
      fields: { logprobs: true, top_logprobs: top },
      status: 400,
      param: 'top_logprobs',
    })),
    ...['a', 1, {}, []].map((echo) => ({ fields: { echo }, status: 400, param: 'echo' })),
    ...['a', 0, 1.5, {}].map((most) => ({
      path: chat,
      fields: { max_completion_tokens: most },
      status: 400,
      param: 'max_completion_tokens',
    })),
    ...[1, 0.5, true, {}].map((stop) => ({ fields: { stop }, status: 400, param: 'stop' })),
  ])
})

describe('null is the default', () => {
  const optional = [
    ...kinds.number,
    ...kinds.integer,
    ...kinds.flag,
    ...kinds.object,
    ...kinds.list,
    'stop',
    'logprobs',
    'cache_salt',
    'request_id',
  ]
  testEach([
    ...optional.map((field) => ({ fields: { [field]: null }, status: 200 })),
    { path: chat, fields: { top_logprobs: null, max_completion_tokens: null, logprobs: null }, status: 200 },
    ...['model', 'prompt'].map((field) => ({ fields: { [field]: null }, status: 400, param: field })),
    { path: chat, fields: { messages: null }, status: 400, param: 'messages' },
  ])
})

/** Numbers as a body writes them: JSON has more than JavaScript's integers. */
describe('numbers', () => {
  const written = (field: string, number: string): BadInput => ({
    name: `${field}: ${number}`,
    text: `{"model":"toy/sample","prompt":[4],${field === 'max_tokens' ? '' : '"max_tokens":1,'}"${field}":${number}}`,
    status: 200,
  })
  const accepted = (field: string, numbers: readonly string[]) => numbers.map((number) => written(field, number))
  const refused = (field: string, numbers: readonly string[]) =>
    numbers.map((number) => ({ ...written(field, number), status: 400, param: field }))
  const huge = ['1e400', '-1e400', '9007199254740993', '9223372036854775808']
  testEach([
    ...accepted('temperature', ['0', '-0', '1e-10', '2', '1E0']),
    ...refused('temperature', ['-1e-9', '2.01', ...huge]),
    ...accepted('top_p', ['1e-10', '1']),
    ...refused('top_p', ['0', '-0', '-0.5', '1.01', ...huge]),
    ...accepted('top_k', ['-1', '0', '1', '512', '1000000']),
    ...refused('top_k', ['-2', '1.5', '2147483648', ...huge]),
    ...accepted('min_p', ['0', '-0', '1']),
    ...refused('min_p', ['-0.1', '1.01', ...huge]),
    ...['presence_penalty', 'frequency_penalty'].flatMap((field) => [
      ...accepted(field, ['-2', '2', '-0', '0.1']),
      ...refused(field, ['-2.01', '2.01', ...huge]),
    ]),
    ...accepted('repetition_penalty', ['0.01', '2']),
    ...refused('repetition_penalty', ['0', '1e-3', '-1', '2.01', ...huge]),
    ...accepted('seed', ['0', '-0', '-1', '2147483648', '9007199254740991', '-9007199254740991']),
    ...refused('seed', ['1.5', ...huge]),
    ...accepted('n', ['1', '16', '1.0']),
    ...refused('n', ['0', '-1', '17', '129', '1000000', '1.5', '2147483648', ...huge]),
    ...accepted('max_tokens', ['1', '63']),
    ...refused('max_tokens', ['-1', '0', '1.5', '1e400', '9007199254740993']),
    ...['64', '1000000000', '2147483648', '9007199254740991'].map((number) => ({
      ...written('max_tokens', number),
      status: 400,
      code: 'context_length_exceeded',
      message: "This model's maximum context length is 64 tokens. However, you requested",
    })),
    ...accepted('min_tokens', ['0', '1']),
    ...refused('min_tokens', ['-1', '2', '1.5', '2147483648', ...huge]),
    ...accepted('logprobs', ['0', '5']),
    ...refused('logprobs', ['-1', '6', '21', '1.5', ...huge]),
    ...accepted('prompt_logprobs', ['0', '5']),
    ...refused('prompt_logprobs', ['-1', '6', '1.5', '2147483648', ...huge]),
    ...accepted('truncate_prompt_tokens', ['-1', '1', '2147483648']),
    ...refused('truncate_prompt_tokens', ['0', '-2', '1.5', ...huge]),
  ])
})

describe('combinations of fields', () => {
  const bias = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, id) => [id, -100]))
  testEach([
    { fields: { min_tokens: 20, max_tokens: 10 }, status: 400, param: 'min_tokens' },
    ...[1, 2, 20].map((n) => ({ path: chat, fields: { logprobs: true, top_logprobs: n }, status: 200 })),
    ...[21, -1, 1e9].map((n) => ({
      path: chat,
      fields: { logprobs: true, top_logprobs: n },
      status: 400,
      param: 'top_logprobs',
    })),
    { path: chat, fields: { top_logprobs: 2 }, status: 400, param: 'top_logprobs', message: 'requires logprobs: true' },
    { path: chat, fields: { max_tokens: 1000, max_completion_tokens: 1 }, status: 200 },
    {
      path: chat,
      fields: { max_tokens: 1, max_completion_tokens: 1000 },
      status: 400,
      code: 'context_length_exceeded',
    },
    { path: chat, fields: { max_tokens: 0 }, status: 400, param: 'max_tokens' },
    { fields: { max_tokens: 0, echo: true }, status: 200 },
    ...[{}, { include_usage: true }, { unknown: 1 }].map((options) => ({
      fields: { stream_options: options },
      status: 400,
      param: 'stream_options',
    })),
    ...[{}, { include_usage: null }, { unknown: 1 }, null].map((options) => ({
      fields: { stream: true, stream_options: options },
      status: 200,
    })),
    {
      fields: { stream: true, stream_options: { include_usage: 'yes' } },
      status: 400,
      param: 'stream_options.include_usage',
    },
    ...[{ n: 2 }, { n: 2, model: 'toy/sample', temperature: 0 }, { n: 2, model: 'toy/beam' }].map((fields) => ({
      fields,
      status: 400,
      param: 'n',
    })),
    ...['a', '-1', '1.5', '1e2', ' 1', '', '9999999999'].map((key) => ({
      fields: { logit_bias: { [key]: 1 } },
      status: 400,
      param: 'logit_bias',
      message: 'expected a token id',
    })),
    {
      fields: { logit_bias: { 512: 1 } },
      status: 400,
      param: 'logit_bias',
      message: 'token ids of this model are below 512',
    },
    ...[101, -101, null, 'a', true].map((value) => ({
      fields: { logit_bias: { 1: value } },
      status: 400,
      param: 'logit_bias',
      message: 'from -100 to 100',
    })),
    {
      name: 'a bias that JSON cannot hold',
      text: '{"model":"toy","prompt":[4],"logit_bias":{"1":1e400}}',
      status: 400,
      param: 'logit_bias',
    },
    {
      name: '1,025 biases',
      fields: { logit_bias: bias(1025) },
      status: 400,
      param: 'logit_bias',
      message: 'at most 1024',
    },
    {
      name: '50,000 biases',
      fields: { logit_bias: bias(50_000) },
      status: 400,
      param: 'logit_bias',
      message: 'at most 1024',
    },
    { name: 'every token banned', fields: { logit_bias: bias(512) }, status: 200 },
    { name: 'every token banned, sampled', fields: { logit_bias: bias(512), model: 'toy/sample' }, status: 200 },
    ...['tools', 'functions'].map((field) => ({
      path: chat,
      fields: { [field]: [{}] },
      status: 400,
      param: field,
      code: 'unsupported_parameter',
    })),
    ...[
      { response_format: { type: 'json_object' } },
      { suffix: 'x' },
      { best_of: 2 },
      { chat_template: '{{ 1 }}' },
      { chat_template_kwargs: { tokenize: true } },
      { guided_regex: '(a+)+' },
    ].map((fields) => ({ fields, status: 400, param: Object.keys(fields)[0] ?? '', code: 'unsupported_parameter' })),
    {
      fields: {
        best_of: 1,
        user: 'me',
        store: true,
        metadata: {},
        service_tier: 'auto',
        parallel_tool_calls: true,
        unknown: 1,
        alpha: null,
      },
      status: 200,
    },
  ])
})
