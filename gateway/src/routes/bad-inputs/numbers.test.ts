import { afterAll, beforeAll, describe, test } from 'vitest'
import type { BadInput } from './testing/bad-input.js'
import { createTable } from './testing/create-table.js'

const testEach = createTable({ beforeAll, afterAll, test })

const chat = '/v1/chat/completions'

/** A number as a body writes it: JSON has more than JavaScript's integers. */
const written = (field: string, number: string): BadInput => ({
  name: `${field}: ${number}`,
  text: `{"model":"toy/sample","prompt":[4],${field === 'max_tokens' ? '' : '"max_tokens":1,'}"${field}":${number}}`,
  status: 200,
})
const accepted = (field: string, numbers: readonly string[]) => numbers.map((number) => written(field, number))
const refused = (field: string, numbers: readonly string[]) =>
  numbers.map((number) => ({ ...written(field, number), status: 400, param: field }))

const between = (low: number, high: number) => (value: number) => value >= low && value <= high
const integer = (low: number, high: number) => (value: number) =>
  Number.isSafeInteger(value) && between(low, high)(value)
const most = Number.MAX_SAFE_INTEGER

/** Which values a field accepts, together with one token of prompt and one of answer. */
const accepts: Readonly<Record<string, (value: number) => boolean>> = {
  temperature: between(0, 2),
  top_p: (value) => value > 0 && value <= 1,
  top_k: integer(-1, 1_000_000),
  min_p: between(0, 1),
  presence_penalty: between(-2, 2),
  frequency_penalty: between(-2, 2),
  repetition_penalty: between(0.01, 2),
  // 2^63 and more are refused. Numbers below are exact, although JavaScript rounds them.
  seed: (value) => Number.isInteger(value) && value >= -(2 ** 63) && value < 2 ** 63,
  n: integer(1, 16),
  max_tokens: integer(1, 63),
  min_tokens: integer(0, 1),
  logprobs: integer(0, 5),
  prompt_logprobs: integer(0, 5),
  truncate_prompt_tokens: (value) => value === -1 || integer(1, most)(value),
}

const tooLong = { status: 400, code: 'context_length_exceeded' }

describe('B3 unusual numbers in every field', () => {
  const numbers = ['-1', '0', '-0', '1.5', '2147483648', '9007199254740993', '9223372036854775808', '1e400', '-1e400']
  const large = { ...written('max_tokens', '2147483648'), ...tooLong }
  const isAccepted = (field: string, number: string) => accepts[field]?.(JSON.parse(number)) ?? false
  testEach(
    Object.keys(accepts)
      .flatMap((field) => [
        ...numbers.flatMap((number) => (isAccepted(field, number) ? accepted : refused)(field, [number])),
        ...['NaN', 'Infinity'].map((number) => ({
          ...written(field, number),
          status: 400,
          message: 'the body is not JSON',
        })),
      ])
      .map((input) => (input.name === large.name ? large : input)),
  )
})

describe('B4 limits of sampling', () => {
  testEach([
    ...accepted('temperature', ['0', '1e-10', '2', '1E0']),
    ...refused('temperature', ['-1e-9', '2.01']),
    ...accepted('top_p', ['1e-10', '1']),
    ...refused('top_p', ['0', '1.01']),
    // The vocabulary has 512 tokens.
    ...accepted('top_k', ['-1', '1', '512', '513', '1000000']),
    ...refused('top_k', ['-2', '1000001']),
    ...accepted('min_p', ['1']),
    ...refused('min_p', ['-0.1', '1.01']),
    ...['presence_penalty', 'frequency_penalty'].flatMap((field) => [
      ...accepted(field, ['-2', '2', '0.1']),
      ...refused(field, ['-2.01', '2.01']),
    ]),
    ...accepted('repetition_penalty', ['0.01', '2']),
    ...refused('repetition_penalty', ['1e-3', '2.01']),
    ...accepted('seed', ['9007199254740991', '9223372036854775807', '-9223372036854775808']),
    ...refused('seed', ['-9223372036854775809']),
  ])
})

describe('B5 numbers of answers and of tokens', () => {
  testEach([
    ...accepted('n', ['1', '16', '1.0']),
    ...refused('n', ['0', '17', '129', '1000000']),
    ...[{ n: 2 }, { n: 2, model: 'toy/sample', temperature: 0 }, { n: 2, model: 'toy/beam' }].map((fields) => ({
      fields,
      status: 400,
      param: 'n',
    })),
    ...accepted('max_tokens', ['1', '63']),
    ...refused('max_tokens', ['-1', '0']),
    ...['64', '1000000000', '9007199254740991'].map((number) => ({
      ...written('max_tokens', number),
      ...tooLong,
      message: "This model's maximum context length is 64 tokens. However, you requested",
    })),
    { path: chat, fields: { max_tokens: 0 }, status: 400, param: 'max_tokens' },
    { fields: { max_tokens: 0, echo: true }, status: 200 },
    { path: chat, fields: { max_tokens: 1000, max_completion_tokens: 1 }, status: 200 },
    { path: chat, fields: { max_tokens: 1, max_completion_tokens: 1000 }, ...tooLong },
    { fields: { max_tokens: 1, max_completion_tokens: 1000 }, ...tooLong },
    ...[0, -1, 1.5].map((count) => ({
      fields: { max_completion_tokens: count },
      status: 400,
      param: 'max_completion_tokens',
    })),
    ...[0, -1, 1.5].map((count) => ({
      path: chat,
      fields: { max_completion_tokens: count },
      status: 400,
      param: 'max_completion_tokens',
    })),
    { fields: { min_tokens: 20, max_tokens: 10 }, status: 400, param: 'min_tokens' },
    ...refused('min_tokens', ['2']),
    ...accepted('truncate_prompt_tokens', ['-1', '1']),
    ...refused('truncate_prompt_tokens', ['-2']),
  ])
})
