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
])('refuses %s with %j', (text, sweeps, message) => {
  expect(() => evaluatedStrategies(text, sweeps)).toThrow(message)
})
