import { expect, test } from 'vitest'
import { sample } from './sample.js'
import { pickInput } from './testing/pick-input.js'

/** Counts 2,000 draws by id. */
const draws = (parameters: object, probabilities: number[], excluded: number[] = []) => {
  const counts = new Map<number, number>()
  for (let index = 0; index < 2000; index++) {
    const settings = sample.parameters.parse({ seed: 5, ...parameters })
    const ids = probabilities.map((_, id) => id)
    const id = sample.pick(settings, { ...pickInput(ids, probabilities), index, excluded: new Set(excluded) })
    counts.set(id, (counts.get(id) ?? 0) + 1)
  }
  return counts
}
const share = (counts: Map<number, number>, id: number) => (counts.get(id) ?? 0) / 2000
const five = [0.4, 0.3, 0.15, 0.1, 0.05]

test('draws in proportion to the probabilities', () => {
  const counts = draws({}, five)
  for (const [id, probability] of five.entries()) expect(Math.abs(share(counts, id) - probability)).toBeLessThan(0.04)
})

test('top-k, top-p and min-p keep the right tokens', () => {
  const kept = (parameters: object, excluded?: number[]) => [...draws(parameters, five, excluded).keys()].sort()
  expect(kept({ top_k: 2 })).toEqual([0, 1])
  // 0.4 is below 0.65, 0.7 is above it.
  expect(kept({ top_p: 0.65 })).toEqual([0, 1])
  expect(kept({ top_p: 0.01 })).toEqual([0])
  // 0.3 * 0.4 = 0.12
  expect(kept({ min_p: 0.3 })).toEqual([0, 1, 2])
  // Of the three that top-k leaves (0.85), 0.8 * 0.85 = 0.68 is reached by
  // two; of all, 0.8 would take three.
  expect(kept({ top_k: 3, top_p: 0.8 })).toEqual([0, 1])
  expect(kept({ top_k: 2 }, [0])).toEqual([1, 2])
  expect(kept({ temperature: 0 })).toEqual([0])
})

test('applies the temperature before top-p', () => {
  // At 0.5 the weights are squares: 0.16 of 0.285 is 0.56 already.
  expect([...draws({ temperature: 0.5, top_p: 0.55 }, five).keys()]).toEqual([0])
})

test('a draw depends only on the seed and the index', () => {
  expect(draws({ seed: 9 }, five)).toEqual(draws({ seed: 9 }, five))
  expect(draws({ seed: 9 }, five)).not.toEqual(draws({ seed: 10 }, five))
})

test('top-p over many ids keeps the same smallest set as a full sort', () => {
  const weights = Array.from({ length: 500 }, (_, id) => Math.exp(-((id * 37) % 500) / 40))
  const total = weights.reduce((sum, weight) => sum + weight)
  const probabilities = weights.map((weight) => weight / total)
  for (const top_p of [0.05, 0.5, 0.9]) {
    const order = [...probabilities.keys()].sort((a, b) => (probabilities[b] ?? 0) - (probabilities[a] ?? 0) || a - b)
    let sum = 0
    const reached = order.findIndex((id) => {
      sum += probabilities[id] ?? 0
      return sum >= top_p
    })
    const allowed = order.slice(0, reached + 1)
    const drawn = [...draws({ top_p }, probabilities).keys()]
    expect(drawn.filter((id) => !allowed.includes(id))).toEqual([])
    expect(drawn.length).toBeGreaterThan(allowed.length * 0.9)
  }
})

test('rounding errors of the scores do not move the draws, not even those of rare tokens', () => {
  // 20,000 rare tokens have half of the probability.
  const rare = 20_000
  const probabilities = [0.5, ...Array.from({ length: rare }, () => 0.5 / rare)]
  const ids = probabilities.map((_, id) => id)
  const settings = sample.parameters.parse({ seed: 3 })
  const draw = (index: number, error: number) => {
    const noisy = probabilities.map((p, id) => p * (1 + (id < rare / 2 ? error : -error)))
    return sample.pick(settings, { ...pickInput(ids, noisy), index, excluded: new Set() })
  }
  const indexes = Array.from({ length: 60 }, (_, index) => index)
  const exact = indexes.map((index) => draw(index, 0))
  expect(exact.filter((id) => id > 0).length).toBeGreaterThan(15)
  expect(indexes.map((index) => draw(index, 1e-4))).toEqual(exact)
})
