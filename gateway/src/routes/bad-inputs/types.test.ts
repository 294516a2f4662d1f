import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { chatSchema } from '../../openai/request/chat-request.js'
import { completionSchema } from '../../openai/request/completion-request.js'
import type { BadInput } from './testing/bad-input.js'
import { createTable } from './testing/create-table.js'

const testEach = createTable({ beforeAll, afterAll, test })

const chat = '/v1/chat/completions'

/** Values of every JSON type but null, with the kinds of fields that accept them. */
const values: readonly (readonly [unknown, readonly string[]])[] = [
  ['a', ['text', 'stop']],
  ['1', ['text', 'stop']],
  [1, ['number', 'integer']],
  [0.5, ['number']],
  [true, ['flag']],
  [{}, ['object']],
  [[], ['list', 'stop']],
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
  text: ['model', 'cache_salt', 'request_id'],
  object: ['logit_bias', 'stream_options', 'decoding'],
  list: ['stop_token_ids'],
  stop: ['stop'],
}
const kindsOfCompletions = {
  integer: ['max_completion_tokens', 'logprobs'],
  flag: ['echo', 'add_special_tokens'],
  text: ['prompt'],
}
const kindsOfChats = {
  integer: ['max_completion_tokens', 'top_logprobs'],
  flag: ['logprobs', 'add_generation_prompt', 'continue_final_message', 'separate_reasoning', 'include_reasoning'],
  object: ['chat_template_kwargs'],
  conversation: ['messages'],
}
/** They have no default, so null is wrong too. */
const required = ['model', 'prompt', 'messages']

const wrongOf = (kind: string, fields: readonly string[], more: object = {}): BadInput[] => {
  const wrong = values.filter(([, accepted]) => !accepted.includes(kind)).map(([value]) => value)
  return fields.flatMap((field) =>
    [...wrong, ...(required.includes(field) ? [null] : [])].map((value) => ({
      ...more,
      fields: { ...(field === 'top_logprobs' ? { logprobs: true } : {}), [field]: value },
      status: 400,
      param: field,
      message: `${field} `,
    })),
  )
}

describe.each(Object.entries(kinds))('B2 a field of type %s, with values of other types', (kind, fields) => {
  testEach(wrongOf(kind, fields))
})

describe('B2 fields of one endpoint, with values of other types', () => {
  testEach(Object.entries(kindsOfCompletions).flatMap(([kind, fields]) => wrongOf(kind, fields)))
  testEach(Object.entries(kindsOfChats).flatMap(([kind, fields]) => wrongOf(kind, fields, { path: chat })))
})

const namesOf = (groups: Readonly<Record<string, readonly string[]>>) => Object.values(groups).flat()

describe('B2 null is the default of every other field', () => {
  const optional = (groups: Readonly<Record<string, readonly string[]>>) =>
    namesOf(groups).filter((field) => !required.includes(field))
  testEach([
    ...optional({ ...kinds, other: namesOf(kindsOfCompletions) }).map((field) => ({
      fields: { [field]: null },
      status: 200,
    })),
    { path: chat, fields: Object.fromEntries(optional(kindsOfChats).map((field) => [field, null])), status: 200 },
  ])
})

test('B2 names every field', () => {
  const sorted = (names: readonly string[]) => [...names].sort()
  const found = (own: Readonly<Record<string, readonly string[]>>) => sorted([...namesOf(kinds), ...namesOf(own)])
  expect(found(kindsOfCompletions)).toEqual(sorted(Object.keys(completionSchema.shape)))
  expect(found(kindsOfChats)).toEqual(sorted(Object.keys(chatSchema.shape)))
})
