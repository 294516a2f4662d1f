import { afterAll, beforeAll, describe, test } from 'vitest'
import type { BadInput } from './testing/bad-input.js'
import { createTable } from './testing/create-table.js'

const testEach = createTable({ beforeAll, afterAll, test })

const formula = (text: string, more: object = {}) => ({ strategy: 'formula', formula: text, ...more })

const cases: readonly (readonly [object, string, string])[] = [
  [{ alpha: 0 }, 'decoding.alpha', 'decoding.alpha is 0: expected a number above 0, up to 1'],
  [{ alpha: 1.1 }, 'decoding.alpha', 'decoding.alpha is 1.1: expected a number above 0, up to 1'],
  [{ alpha: Number.NaN }, 'decoding.alpha', 'decoding.alpha is null: expected a number above 0, up to 1'],
  [{ alpha: '0.1' }, 'decoding.alpha', 'decoding.alpha is "0.1": expected a number above 0, up to 1'],
  [{ temperature: -0.1 }, 'decoding.temperature', 'decoding.temperature is -0.1: expected a number from 0 to 2'],
  [{ temperature: 2.1 }, 'decoding.temperature', 'decoding.temperature is 2.1: expected a number from 0 to 2'],
  [{ seed: 1.5 }, 'decoding.seed', 'decoding.seed is 1.5: expected an integer from -9223372036854775808'],
  [{ top_p: 0.5 }, 'decoding.top_p', 'unknown parameter of the strategy aad'],
  [{ strategy: 'eft', beta: 1e9 }, 'decoding.beta', 'decoding.beta is 1000000000: expected a number from -100 to 100'],
  [{ strategy: 'eft', beta: -101 }, 'decoding.beta', 'decoding.beta is -101: expected a number from -100 to 100'],
  [{ strategy: 'eft', beta: Number.NaN }, 'decoding.beta', 'decoding.beta is null: expected a number from -100 to 100'],
  [{ strategy: 'eft', alpha: 0.1 }, 'decoding.alpha', 'unknown parameter of the strategy eft'],
  [{ strategy: 'eft', base: 'llama' }, 'decoding.base', 'this server has no model "llama"; expected one of: dpo, sft'],
  [{ strategy: 'eft', top_p: 0 }, 'decoding.top_p', 'decoding.top_p is 0: expected a number above 0, up to 1'],
  [{ strategy: 'eft', top_k: 1.5 }, 'decoding.top_k', 'decoding.top_k is 1.5: expected an integer from -1 to 1000000'],
  [{ strategy: 'eft', min_p: 1.1 }, 'decoding.min_p', 'decoding.min_p is 1.1: expected a number from 0 to 1'],
  [{ strategy: 'contrastive', alpha: 0 }, 'decoding.alpha', 'decoding.alpha is 0: expected a number above 0, up to 1'],
  [{ strategy: 'contrastive', amateur: 'dpo' }, 'decoding.amateur', 'must be another model than the expert'],
  [{ strategy: 'contrastive', amateur: 'small' }, 'decoding.amateur', 'this server has no model "small"'],
  [{ strategy: 'contrastive', expert: 'A-B' }, 'decoding.expert', 'must be a lower-case letter and up to 31'],
  [{ strategy: 'sample', model: 'amateur' }, 'decoding.model', 'this server has no model "amateur"'],
  [{ strategy: 'beam', width: 0 }, 'decoding.width', 'decoding.width is 0: expected an integer from 1 to 16'],
  [{ strategy: 'beam', width: 1e6 }, 'decoding.width', 'decoding.width is 1000000: expected an integer from 1 to 16'],
  [{ strategy: 'beam', width: 2.5 }, 'decoding.width', 'decoding.width is 2.5: expected an integer from 1 to 16'],
  [
    { strategy: 'beam', length_penalty: Number.NaN },
    'decoding.length_penalty',
    'decoding.length_penalty is null: expected a number from -10 to 10',
  ],
  [{ strategy: 'beam', tau: 0.1 }, 'decoding.tau', 'unknown parameter of the strategy beam'],
  [{ strategy: 'aad-beam', tau: -0.1 }, 'decoding.tau', 'decoding.tau is -0.1: expected a number of at least 0'],
  [{ strategy: 'aad-beam', alpha: 0 }, 'decoding.alpha', 'decoding.alpha is 0: expected a number above 0, up to 1'],
  [{ strategy: 'random-of-n', n: 0 }, 'decoding.n', 'decoding.n is 0: expected an integer from 1 to 64'],
  [{ strategy: 'random-of-n', n: 65 }, 'decoding.n', 'decoding.n is 65: expected an integer from 1 to 64'],
  [
    { strategy: 'random-of-n', temperature: 0 },
    'decoding.temperature',
    'decoding.temperature is 0: expected a number above 0, up to 2',
  ],
  [{ strategy: 'random-of-n', reward: 'picker' }, 'decoding.reward', 'unknown parameter of the strategy random-of-n'],
  [{ strategy: 'best-of-n' }, 'decoding.strategy', 'send messages to /v1/chat/completions'],
  [{ strategy: 'formula' }, 'decoding.formula', 'must be a formula over models, such as "dpo + 0.5*(dpo - sft)"'],
  [formula('dpo - '), 'decoding.formula', 'at character 6: expected a number, a model, a function or (, found the end'],
  [formula('dpo - amateur'), 'decoding.formula', 'at character 7: this server has no model "amateur"'],
  [formula('dpo / (2 - 2)'), 'decoding.formula', 'at character 5: this divides by zero'],
  [formula('dpo + exp(1000)'), 'decoding.formula', 'at character 7: this is Infinity: constants must be finite'],
  [
    formula(`dpo${' + dpo'.repeat(16_667)}`),
    'decoding.formula',
    'at character 2001: the formula has 100005 characters',
  ],
  [formula('('.repeat(10_000)), 'decoding.formula', 'expected at most 2000'],
  [formula('1'), 'decoding.formula', 'the formula names no model'],
  [
    formula('dpo', { filter: { alpha: 0 } }),
    'decoding.filter.alpha',
    'decoding.filter.alpha is 0: expected a number above 0, up to 1',
  ],
  [formula('dpo', { filter: { on: 'small' } }), 'decoding.filter.on', 'this server has no model "small"'],
  [
    formula('dpo', { filter: { of: 'dpo' } }),
    'decoding.filter',
    'decoding.filter has no key "of"; expected one of: on, alpha',
  ],
  [
    formula('dpo', { select: 'best' }),
    'decoding.select',
    'decoding.select is "best": expected one of "argmax", "sample"',
  ],
]

const long = 'x'.repeat(100_000)
const cut = `${'x'.repeat(100)}...`
const suffixed = (decoding: object) => ({ fields: { model: 'toy/eft', decoding } })

const infinities = ['alpha', 'temperature'].flatMap((name) =>
  ['1e400', '-1e400'].map((number): BadInput => {
    const text = `{"model":"toy","prompt":[4],"decoding":{"${name}":${number}}}`
    return { text, status: 400, param: `decoding.${name}` }
  }),
)

describe('B20 decoding', () => {
  testEach([
    ...cases.map(([decoding, param, message]) => ({ fields: { decoding }, status: 400, param, message })),
    ...infinities,
    ...[1, 'aad', true, []].map((decoding) => ({ fields: { decoding }, status: 400, param: 'decoding' })),
    ...['nothing', '', 'AAD', 1, null, {}].map((strategy) => ({
      fields: { decoding: { strategy } },
      status: 400,
      param: 'decoding.strategy',
    })),
    {
      name: 'a strategy of 100,000 characters',
      fields: { decoding: { strategy: long } },
      status: 400,
      param: 'decoding.strategy',
      message: `unknown strategy "${cut}"; expected one of: aad`,
    },
    {
      name: 'a key of 100,000 characters',
      fields: { decoding: { [long]: 1 } },
      status: 400,
      param: `decoding.${cut}`,
      message: `decoding.${cut}: unknown parameter of the strategy aad`,
    },
    {
      name: 'a key of 100,000 characters in an object',
      fields: { decoding: formula('dpo', { filter: { [long]: 1 } }) },
      status: 400,
      param: 'decoding.filter',
      message: `decoding.filter has no key "${cut}"`,
    },
    {
      ...suffixed({ strategy: 'aad' }),
      status: 400,
      param: 'decoding.strategy',
      message: "decoding.strategy is aad, but the model's name selects eft: remove one of them",
    },
    ...[{ strategy: 'eft' }, {}].map((decoding) => ({ ...suffixed(decoding), status: 200 })),
    { fields: { decoding: { strategy: 'eft' } }, status: 200 },
  ])
})

describe('B20 a parameter of decoding at the top level is refused, and the error shows its place', () => {
  const names = [
    'alpha',
    'strategy',
    'detail',
    'beta',
    'base',
    'amateur',
    'expert',
    'formula',
    'filter',
    'select',
    'width',
    'length_penalty',
    'tau',
    'reward',
  ]
  testEach(
    names.map((name) => ({
      fields: { [name]: 2 },
      status: 400,
      param: name,
      message: `${name} is a parameter of decoding: write "decoding": {"${name}": ...}`,
    })),
  )
})
