import { expect, it } from 'vitest'
import { method, sweep } from '../../testing/evaluation-options.js'
import { planEvaluation } from './plan-evaluation.js'

const nucleus = { strategy: 'sample', top_p: 0.9 }

it('asks once for each strategy', () => {
  const { pools, strategies } = planEvaluation([method('aad', { alpha: 0.2 }), method('greedy-sft')], null)
  expect(pools).toEqual([
    { decoding: { strategy: 'aad', alpha: 0.2 }, samples: 1 },
    { decoding: { strategy: 'greedy-sft' }, samples: 1 },
  ])
  expect(strategies.map(({ label, role, pool }) => [label, role, pool])).toEqual([
    ['aad alpha=0.2', 'method', 0],
    ['greedy-sft', 'method', 1],
  ])
})

it('best-of-n of every n, random-of-n and the curves read one pool, as large as the largest', () => {
  const best = [method('best-of-n', { n: 2 }), method('random-of-n', { n: 3 }), sweep('best-of-n', { n: 5 })]
  const { pools, strategies } = planEvaluation([method('aad'), ...best], 4)
  expect(pools).toEqual([
    { decoding: { strategy: 'aad' }, samples: 1 },
    { decoding: nucleus, samples: 5 },
  ])
  expect(strategies.slice(1)).toMatchObject([
    { label: 'best-of-n n=2', role: 'method', pool: 1, samples: 2, pick: 'best' },
    { label: 'random-of-n n=3', role: 'method', pool: 1, samples: 3, pick: 'first' },
    { label: 'best-of-n n=5', role: 'sweep', pool: 1, samples: 5, pick: 'best' },
    { label: '5 samples: sample top_p=0.9', role: 'pool', pool: 1, samples: 5, pick: 'all' },
  ])
})

it('samples at another temperature are another pool', () => {
  const { pools } = planEvaluation([method('best-of-n'), method('best-of-n', { temperature: 0.5 })], 8)
  expect(pools).toEqual([
    { decoding: nucleus, samples: 8 },
    { decoding: { ...nucleus, temperature: 0.5 }, samples: 8 },
  ])
})

it.each([
  [[method('best-of-n', { n: 0 })], null, 'n of best-of-n n=0 is 0: expected a whole number from 1 to 1024'],
  [[method('best-of-n', { reward: 'x' })], null, 'reward of best-of-n cannot be set here: use --picker'],
  [[method('aad')], 0, '--samples is 0: expected a whole number from 1 to 1024'],
])('refuses %j with %s samples', (asked, samples, message) => {
  expect(() => planEvaluation(asked, samples)).toThrow(message)
})
