import { afterAll, beforeAll, describe, test } from 'vitest'
import { type BadInput, createTable } from './bad-input.js'

const testEach = createTable({ beforeAll, afterAll, test })

const formula = (text: string, more: object = {}) => ({ strategy: 'formula', formula: text, ...more })

const cases: readonly (readonly [object, string, string])[] = [
  [{ alpha: 0 }, 'decoding.alpha', 'expected number to be >0'],
  [{ alpha: 1.1 }, 'decoding.alpha', 'expected number to be <=1'],
  [{ alpha: Number.NaN }, 'decoding.alpha', 'expected number'],
  [{ alpha: '0.1' }, 'decoding.alpha', 'expected number, received string'],
  [{ temperature: -0.1 }, 'decoding.temperature', 'expected number to be >=0'],
  [{ temperature: 2.1 }, 'decoding.temperature', 'expected number to be <=2'],
  [{ seed: 1.5 }, 'decoding.seed', 'expected int'],
  [{ top_p: 0.5 }, 'decoding.top_p', 'the strategy aad has no such key'],
  [{ strategy: 'eft', beta: 1e9 }, 'decoding.beta', 'expected number to be <=100'],
  [{ strategy: 'eft', beta: -101 }, 'decoding.beta', 'expected number to be >=-100'],
  [{ strategy: 'eft', beta: Number.NaN }, 'decoding.beta', 'expected number'],
  [{ strategy: 'eft', alpha: 0.1 }, 'decoding.alpha', 'the strategy eft has no such key'],
  [{ strategy: 'eft', base: 'llama' }, 'decoding.base', 'this server has no model "llama"; there are: dpo, sft'],
  [{ strategy: 'eft', top_p: 0 }, 'decoding.top_p', 'expected number to be >0'],
  [{ strategy: 'eft', top_k: 1.5 }, 'decoding.top_k', 'expected int'],
  [{ strategy: 'eft', min_p: 1.1 }, 'decoding.min_p', 'expected number to be <=1'],
  [{ strategy: 'contrastive', alpha: 0 }, 'decoding.alpha', 'expected number to be >0'],
  [{ strategy: 'contrastive', amateur: 'dpo' }, 'decoding.amateur', 'must be another model than the expert'],
  [{ strategy: 'contrastive', amateur: 'small' }, 'decoding.amateur', 'this server has no model "small"'],
  [{ strategy: 'contrastive', expert: 'A-B' }, 'decoding.expert', 'must be a lower-case letter and up to 31'],
  [{ strategy: 'sample', model: 'amateur' }, 'decoding.model', 'this server has no model "amateur"'],
  [{ strategy: 'beam', width: 0 }, 'decoding.width', 'expected number to be >=1'],
  [{ strategy: 'beam', width: 1e6 }, 'decoding.width', 'expected number to be <=16'],
  [{ strategy: 'beam', width: 2.5 }, 'decoding.width', 'expected int'],
  [{ strategy: 'beam', length_penalty: Number.NaN }, 'decoding.length_penalty', 'expected number'],
  [{ strategy: 'beam', tau: 0.1 }, 'decoding.tau', 'the strategy beam has no such key'],
  [{ strategy: 'aad-beam', tau: -0.1 }, 'decoding.tau', 'expected number to be >=0'],
  [{ strategy: 'aad-beam', alpha: 0 }, 'decoding.alpha', 'expected number to be >0'],
  [{ strategy: 'random-of-n', n: 0 }, 'decoding.n', 'expected number to be >=1'],
  [{ strategy: 'random-of-n', n: 65 }, 'decoding.n', 'expected number to be <=64'],
  [{ strategy: 'random-of-n', temperature: 0 }, 'decoding.temperature', 'expected number to be >0'],
  [{ strategy: 'random-of-n', reward: 'picker' }, 'decoding.reward', 'the strategy random-of-n has no such key'],
  [{ strategy: 'best-of-n' }, 'decoding.strategy', 'send messages to /v1/chat/completions'],
  [{ strategy: 'formula' }, 'decoding.formula', 'must be a formula over models, such as "dpo + 0.5*(dpo - sft)"'],
  [formula('dpo - '), 'decoding.formula', 'at character 6: expected a number, a model, a function or (, found the end'],
  [formula('dpo - amateur'), 'decoding.formula', 'at character 7: this server has no model "amateur"'],
  [formula('dpo / (2 - 2)'), 'decoding.formula', 'at character 5: this divides by zero'],
  [formula('dpo + exp(1000)'), 'decoding.formula', 'at character 7: this is Infinity: constants must be finite'],
  [formula(`dpo${' + dpo'.repeat(16_667)}`), 'decoding.formula', 'at character 2001: the formula goes on to 100005'],
  [formula('('.repeat(10_000)), 'decoding.formula', 'at most 2000 are taken'],
  [formula('1'), 'decoding.formula', 'the formula names no model'],
  [formula('dpo', { filter: { alpha: 0 } }), 'decoding.filter.alpha', 'expected number to be >0'],
  [formula('dpo', { filter: { on: 'small' } }), 'decoding.filter.on', 'this server has no model "small"'],
  [formula('dpo', { filter: { of: 'dpo' } }), 'decoding.filter', 'of'],
  [formula('dpo', { select: 'best' }), 'decoding.select', '"argmax"|"sample"'],
]

const infinities = ['alpha', 'temperature'].flatMap((name) =>
  ['1e400', '-1e400'].map((number): BadInput => {
    const text = `{"model":"toy","prompt":[4],"decoding":{"${name}":${number}}}`
    return { text, status: 400, param: `decoding.${name}` }
  }),
)

testEach([
  ...cases.map(([decoding, param, message]) => ({ fields: { decoding }, status: 400, param, message })),
  ...infinities,
  ...[1, 'aad', true, []].map((decoding) => ({ fields: { decoding }, status: 400, param: 'decoding' })),
  ...['nothing', '', 'AAD', 1, null, {}].map((strategy) => ({
    fields: { decoding: { strategy } },
    status: 400,
    param: 'decoding.strategy',
  })),
])

describe('beside decoding it is refused with its place', () => {
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
      fields: { [name]: 1 },
      status: 400,
      param: name,
      message: `${name} is a parameter of decoding: put it in there, as "decoding": {"${name}": ...}`,
    })),
  )
})
