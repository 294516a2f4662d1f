import { expect, it } from 'vitest'
import { evaluatedStrategies } from './evaluated-strategies.js'

const methods = (text: string) => evaluatedStrategies(text, []).map(({ method }) => method)
const points = (text: string, ...sweeps: readonly string[]) =>
  evaluatedStrategies(text, sweeps)
    .filter(({ role }) => role === 'sweep')
    .map(({ method }) => method)

it('reads strategies with their parameters', () => {
  const expected = [{ strategy: 'aad', alpha: 0.2 }, { strategy: 'greedy-dpo' }, { strategy: 'best-of-n', n: 2 }]
  expect(methods('aad alpha=0.2,greedy-dpo, best-of-n n=2')).toEqual(expected)
})

it('a sweep has every combination of its values', () => {
  expect(points('aad', 'aad-beam width=2,4 tau=0.1,0.3')).toEqual(
    [2, 4].flatMap((width) => [0.1, 0.3].map((tau) => ({ strategy: 'aad-beam', width, tau }))),
  )
})

it('a sweep without a strategy is of every strategy that has the parameter', () => {
  expect(points('aad,greedy-dpo,contrastive', 'alpha=0.1,0.3')).toEqual(
    ['aad', 'contrastive'].flatMap((strategy) => [0.1, 0.3].map((alpha) => ({ strategy, alpha }))),
  )
})

const scales = (text: string, ...sweeps: readonly string[]) =>
  evaluatedStrategies(text, sweeps).map(({ method: { strategy }, role, adapterScale }) => [
    strategy,
    role,
    adapterScale,
  ])

it('the scale of the adapter is swept next to parameters, which requests do not have', () => {
  expect(scales('aad,greedy-sft', 'aad adapter_scale=0.2,0.4,1')).toEqual([
    ['aad', 'method', null],
    ['greedy-sft', 'method', null],
    ...[0.2, 0.4, 1].map((scale) => ['aad', 'sweep', scale]),
  ])
  expect(points('aad', 'aad adapter_scale=0.4 alpha=0.1,0.3')).toEqual(
    [0.1, 0.3].map((alpha) => ({ strategy: 'aad', alpha })),
  )
  expect(scales('aad adapter_scale=0.4,greedy-dpo')).toEqual([
    ['aad', 'method', 0.4],
    ['greedy-dpo', 'method', null],
  ])
})

it('a sweep of the scale without a strategy is of every strategy that reads the DPO model', () => {
  const text = 'aad,greedy-sft,contrastive expert=other,sample model=sft,best-of-n,beam'
  expect(scales(text, 'adapter_scale=0.4').slice(6)).toEqual(
    ['aad', 'best-of-n', 'beam'].map((strategy) => [strategy, 'sweep', 0.4]),
  )
})

it.each([
  ['nope', [], 'unknown strategy "nope"'],
  ['aad', ['greedy-dpo'], '--sweep "greedy-dpo" is no sweep: expected a strategy and values of its parameters'],
  ['aad', ['aad eft alpha=1'], '--sweep "aad eft alpha=1" is no sweep'],
  [
    'aad',
    ['beta=1,2'],
    '--sweep "beta=1,2" fits no strategy of --strategies: beta: unknown parameter of the strategy aad',
  ],
  ['aad', ['alpha='], 'has no values'],
  ['aad', ['aad adapter-scale=0.4'], 'adapter-scale=0.4 is not a parameter: write adapter_scale=0.4'],
  [
    'aad',
    ['greedy-sft adapter_scale=0.4'],
    'greedy-sft does not read the DPO model, so adapter_scale changes nothing: remove adapter_scale=0.4',
  ],
  ['aad adapter_scale=0', [], 'adapter_scale of aad is 0: expected a number above 0 and at most 100'],
  ['aad adapter_scale=-1', [], 'adapter_scale of aad is -1: expected a number'],
  ['aad adapter_scale=x', [], 'adapter_scale of aad is NaN: expected a number'],
  ['aad adapter_scale=', [], 'adapter_scale of aad is NaN: expected a number'],
  ['adapter_scale=1 aad', [], '"adapter_scale=1" is not a parameter of a strategy'],
])('refuses %s with %j', (text, sweeps, message) => {
  expect(() => evaluatedStrategies(text, sweeps)).toThrow(message)
})
