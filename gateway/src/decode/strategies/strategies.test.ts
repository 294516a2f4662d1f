import { expect, test } from 'vitest'
import { aad } from './aad.js'
import { greedyDpo, greedySft } from './greedy.js'
import { bindMethod, strategyNames } from './index.js'
import { uniformAt } from './random.js'
import { sample } from './sample.js'
import { pickInput } from './testing/pick-input.js'

/** AAD with its defaults but these. */
const aadWith = (parameters: object) => aad.parameters.parse(parameters)

test('aad is first, the default', () => {
  expect(strategyNames[0]).toBe('aad')
})

test('aad picks the greatest ratio of the two probabilities among the candidates', () => {
  // p_dpo 0.5 0.3 0.1, p_sft 0.6 0.2 0.05: ratios 0.83, 1.5, 2.
  expect(aad.pick(aadWith({ alpha: 0.1 }), pickInput([4, 1, 3], [0.5, 0.3, 0.1], [0.6, 0.2, 0.05]))).toBe(3)
  expect(aad.pick(aadWith({ alpha: 0.5 }), pickInput([4, 1], [0.5, 0.3], [0.6, 0.2]))).toBe(1)
})

test('aad compares log-probabilities: what one model adds to all logits changes nothing', () => {
  const { lead, others } = pickInput([0, 1], [0.5, 0.25], [0.5, 0.125])
  const shifted = {
    row: { logSumExp: 100 },
    scores: { ...lead.scores, logits: lead.scores.logits.map((z) => z + 100) },
  }
  expect(aad.pick(aadWith({ alpha: 0.1 }), { ...pickInput([], []), lead: shifted, others })).toBe(1)
})

test('ties go to the lowest id', () => {
  expect(aad.pick(aadWith({ alpha: 0.1 }), pickInput([4, 1, 3], [0.4, 0.2, 0.2], [0.4, 0.2, 0.2]))).toBe(1)
  expect(greedySft.pick({}, pickInput([3, 2], [0.25, 0.25]))).toBe(2)
})

test('aad reads the DPO candidates and gathers the SFT model; greedy reads one model alone', () => {
  expect(bindMethod(aad, aad.parameters.parse({})).reads([2])).toEqual({
    lead: 'dpo',
    readout: { kind: 'candidates', alpha: 0.1, exclude: [2] },
    others: ['sft'],
  })
  expect(greedySft.reads({}, [])).toMatchObject({ lead: 'sft', others: [] })
  expect(greedyDpo.reads({}, [])).toMatchObject({ lead: 'dpo', others: [] })
})

test.each([{ alpha: 0 }, { alpha: 1.01 }, { alpha: Number.NaN }, { alfa: 0.1 }])('aad refuses %o', (parameters) => {
  expect(aad.parameters.safeParse(parameters).success).toBe(false)
})

test('aad at a temperature draws from softmax of the advantage over the candidates', () => {
  // Ratios 0.83, 1.5, 2; at temperature 0.5 their squares, 0.69, 2.25, 4.
  const draw = (parameters: object) => {
    const counts = new Map<number, number>()
    for (let index = 0; index < 2000; index++) {
      const input = { ...pickInput([4, 1, 3], [0.5, 0.3, 0.1], [0.6, 0.2, 0.05]), index }
      const id = aad.pick(aadWith({ seed: 11, ...parameters }), input)
      counts.set(id, (counts.get(id) ?? 0) + 1)
    }
    return counts
  }
  const [one, half] = [draw({ temperature: 1 }), draw({ temperature: 0.5 })]
  expect(Math.abs(share(one, 3) - 2 / 4.333)).toBeLessThan(0.04)
  expect(Math.abs(share(one, 4) - 0.833 / 4.333)).toBeLessThan(0.04)
  expect(Math.abs(share(half, 3) - 4 / 6.944)).toBeLessThan(0.04)
  expect([...draw({ temperature: 0 })]).toEqual([[3, 2000]])
})

test('a logit that is no number is an error, not a token', () => {
  expect(() => aad.pick(aadWith({ alpha: 0.1 }), pickInput([0, 1], [0.5, -1], [0.5, 0.5]))).toThrow(
    'token 1 is not a number',
  )
})

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

test('sampling draws in proportion to the probabilities', () => {
  const counts = draws({}, five)
  for (const [id, probability] of five.entries()) expect(Math.abs(share(counts, id) - probability)).toBeLessThan(0.04)
})

test('the filters leave what they should', () => {
  const kept = (parameters: object, excluded?: number[]) => [...draws(parameters, five, excluded).keys()].sort()
  expect(kept({ top_k: 2 })).toEqual([0, 1])
  // 0.4 is below 0.65, 0.7 is above it.
  expect(kept({ top_p: 0.65 })).toEqual([0, 1])
  expect(kept({ top_p: 0.01 })).toEqual([0])
  // 0.3 * 0.4 = 0.12
  expect(kept({ min_p: 0.3 })).toEqual([0, 1, 2])
  // Of the three that top-k leaves (0.85), 0.8 * 0.85 = 0.68 is reached by two; of all, 0.8 would take three.
  expect(kept({ top_k: 3, top_p: 0.8 })).toEqual([0, 1])
  expect(kept({ top_k: 2 }, [0])).toEqual([1, 2])
  expect(kept({ temperature: 0 })).toEqual([0])
})

test('temperature sharpens before top-p', () => {
  // At 0.5 the weights are squares: 0.16 of 0.285 is 0.56 already.
  expect([...draws({ temperature: 0.5, top_p: 0.55 }, five).keys()]).toEqual([0])
})

test('a draw depends on the seed and its place alone', () => {
  expect(draws({ seed: 9 }, five)).toEqual(draws({ seed: 9 }, five))
  expect(draws({ seed: 9 }, five)).not.toEqual(draws({ seed: 10 }, five))
  const numbers = Array.from({ length: 1000 }, (_, index) => uniformAt(-3, index))
  expect(new Set(numbers).size).toBe(1000)
  expect(numbers.every((number) => number >= 0 && number < 1)).toBe(true)
  expect(Math.abs(numbers.reduce((sum, number) => sum + number) / 1000 - 0.5)).toBeLessThan(0.03)
})

test('top-p over many ids keeps the smallest set that reaches it, by a plain sort', () => {
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
