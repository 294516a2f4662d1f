import { expect, it } from 'vitest'
import { method, sweep } from '../../testing/evaluation-options.js'
import type { AskedStrategy } from './methods.js'
import { planParts } from './plan-parts.js'

const plan = (
  strategies: readonly AskedStrategy[],
  samples: number | null = null,
  adapterScale: number | null = null,
) => planParts({ strategies, samples, adapterScale })

it('a plan has one part if no strategy names a scale', () => {
  const [part, ...others] = plan([method('aad'), method('greedy-sft')])
  expect(others).toEqual([])
  expect(part).toMatchObject({ adapterScale: null, name: null, pools: [{ samples: 1 }, { samples: 1 }] })
})

it('has a part for each scale, that of the evaluation first', () => {
  const points = [0.2, 0.4, 1].map((scale) => sweep('aad', {}, scale))
  const parts = plan([method('aad'), method('greedy-sft'), ...points, sweep('eft', { beta: 2 }, 0.4)], null, 1)
  expect(
    parts.map(({ adapterScale, name, strategies }) => [adapterScale, name, strategies.map(({ label }) => label)]),
  ).toEqual([
    [1, null, ['aad', 'greedy-sft', 'aad adapter_scale=1']],
    [0.2, 'adapter-scale-0.2', ['aad adapter_scale=0.2']],
    [0.4, 'adapter-scale-0.4', ['aad adapter_scale=0.4', 'eft beta=2 adapter_scale=0.4']],
  ])
  // The point with the scale of the evaluation reads the answers of the method.
  expect(parts[0]?.pools.map(({ decoding }) => decoding)).toEqual([{ strategy: 'aad' }, { strategy: 'greedy-sft' }])
  expect(parts[0]?.strategies.map(({ pool }) => pool)).toEqual([0, 1, 0])
  expect(parts[1]?.pools).toEqual([{ decoding: { strategy: 'aad' }, samples: 1 }])
})

it('samples for the curves have the scale of the evaluation; those of best-of-n its own', () => {
  const labels = plan([method('aad', {}, 0.4), sweep('best-of-n', { n: 2 }, 0.4)], 3, 1).map(({ strategies }) =>
    strategies.map(({ label }) => label),
  )
  expect(labels).toEqual([
    ['3 samples: sample top_p=0.9'],
    ['aad adapter_scale=0.4', 'best-of-n n=2 adapter_scale=0.4', '2 samples: sample top_p=0.9 adapter_scale=0.4'],
  ])
})

it('a point of a sweep that is a method too is only the method', () => {
  const of = (asked: readonly AskedStrategy[]) => plan(asked)[0]?.strategies.map(({ role }) => role)
  expect(of([sweep('aad', { alpha: 0.1 }), method('aad', { alpha: 0.1 })])).toEqual(['method'])
  expect(of([sweep('aad', {}, 0.4), method('aad', {}, 0.4)])).toEqual(['method'])
})

it.each([
  [[method('aad'), method('aad')], 'the strategy aad is named twice: expected each one once'],
  [[method('aad', {}, 0.4), method('aad', {}, 0.4)], 'the strategy aad adapter_scale=0.4 is named twice'],
  [[], 'no strategy is named'],
])('refuses %j', (asked, message) => {
  expect(() => plan(asked)).toThrow(message)
})
