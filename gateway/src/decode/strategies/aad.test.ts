import { expect, test } from 'vitest'
import { aad } from './aad.js'
import { pickInput } from './testing/pick-input.js'
import { bindTokenStrategy } from './token-strategy.js'

/** AAD's default parameters with these changes. */
const aadWith = (parameters: object) => aad.parameters.parse(parameters)

test('picks the candidate with the greatest ratio of the two probabilities', () => {
  // p_dpo 0.5 0.3 0.1, p_sft 0.6 0.2 0.05: ratios 0.83, 1.5, 2.
  expect(aad.pick(aadWith({ alpha: 0.1 }), pickInput([4, 1, 3], [0.5, 0.3, 0.1], [0.6, 0.2, 0.05]))).toBe(3)
  expect(aad.pick(aadWith({ alpha: 0.5 }), pickInput([4, 1], [0.5, 0.3], [0.6, 0.2]))).toBe(1)
})

test('compares log-probabilities: a constant added to all logits of one model changes nothing', () => {
  const { lead, others } = pickInput([0, 1], [0.5, 0.25], [0.5, 0.125])
  const shifted = {
    row: { logSumExp: 100 },
    scores: { ...lead.scores, logits: lead.scores.logits.map((z) => z + 100) },
  }
  expect(aad.pick(aadWith({ alpha: 0.1 }), { ...pickInput([], []), lead: shifted, others })).toBe(1)
})

test('breaks ties by the lowest id', () => {
  expect(aad.pick(aadWith({ alpha: 0.1 }), pickInput([4, 1, 3], [0.4, 0.2, 0.2], [0.4, 0.2, 0.2]))).toBe(1)
})

test('reads the DPO candidates and gathers them from the SFT model', () => {
  expect(bindTokenStrategy(aad, aad.parameters.parse({})).reads([2])).toEqual({
    lead: 'dpo',
    readout: { kind: 'candidates', alpha: 0.1, exclude: [2] },
    others: ['sft'],
  })
})

test.each([{ alpha: 0 }, { alpha: 1.01 }, { alpha: Number.NaN }, { alfa: 0.1 }])('refuses %o', (parameters) => {
  expect(aad.parameters.safeParse(parameters).success).toBe(false)
})

test('at a temperature draws from softmax of the advantage over the candidates', () => {
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
  const share = (counts: Map<number, number>, id: number) => (counts.get(id) ?? 0) / 2000
  const [one, half] = [draw({ temperature: 1 }), draw({ temperature: 0.5 })]
  expect(Math.abs(share(one, 3) - 2 / 4.333)).toBeLessThan(0.04)
  expect(Math.abs(share(one, 4) - 0.833 / 4.333)).toBeLessThan(0.04)
  expect(Math.abs(share(half, 3) - 4 / 6.944)).toBeLessThan(0.04)
  expect([...draw({ temperature: 0 })]).toEqual([[3, 2000]])
})

test('throws if a logit is not a number', () => {
  expect(() => aad.pick(aadWith({ alpha: 0.1 }), pickInput([0, 1], [0.5, -1], [0.5, 0.5]))).toThrow(
    'token 1 is not a number',
  )
})
