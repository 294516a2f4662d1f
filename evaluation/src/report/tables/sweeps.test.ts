import { expect, it } from 'vitest'
import type { EvaluatedStrategy } from '../results/results-schema.js'
import { findSweeps } from './sweeps.js'

const point = (parameters: Record<string, number>, role: EvaluatedStrategy['role'] = 'sweep'): EvaluatedStrategy => {
  const label = ['aad', ...Object.entries(parameters).map(([name, value]) => `${name}=${value}`)].join(' ')
  return { id: label, label, strategy: 'aad', parameters, pair: 'tiny', role }
}
const sweepsOf = (strategies: readonly EvaluatedStrategy[]) =>
  findSweeps(strategies).map(({ x, series, points }) => [x, series, points.map(({ label }) => label)])

it('two parameters of one strategy that are swept apart are two sweeps', () => {
  const alphas = [0.1, 0.3].map((alpha) => point({ alpha }))
  const scales = [0.2, 0.4, 1].map((scale) => point({ adapter_scale: scale }))
  expect(sweepsOf([point({}, 'method'), ...alphas, ...scales])).toEqual([
    ['adapter_scale', null, scales.map(({ label }) => label)],
    ['alpha', null, alphas.map(({ label }) => label)],
  ])
})

it('two parameters that are swept together are one sweep with lines, and a method of the kind is a point', () => {
  const grid = [0.2, 0.4, 0.7, 1].flatMap((scale) => [0.1, 0.3].map((alpha) => point({ alpha, adapter_scale: scale })))
  const method = point({ alpha: 0.2, adapter_scale: 0.4 }, 'method')
  expect(sweepsOf([...grid, method, point({}, 'method')])).toEqual([
    ['adapter_scale', 'alpha', [...grid, method].map(({ label }) => label)],
  ])
})

it('finds no sweep in methods without one', () => {
  expect(sweepsOf([point({ alpha: 0.1 }, 'method'), point({ alpha: 0.2 }, 'method')])).toEqual([])
})
