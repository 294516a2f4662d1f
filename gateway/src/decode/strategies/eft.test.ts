import { expect, test } from 'vitest'
import { eft } from './eft.js'
import { pickInput } from './testing/pick-input.js'

const ids = [0, 1, 2, 3, 4]
const dpo = [0.4, 0.3, 0.2, 0.06, 0.04]
const sft = [0.5, 0.2, 0.15, 0.1, 0.05]
const pick = (parameters: object, input = pickInput(ids, dpo, sft)) => eft.pick(eft.parameters.parse(parameters), input)

test('scores the whole vocabulary by p_sft (p_dpo / p_sft) ^ beta', () => {
  // Beta 4: 0.5 * 0.8^4 = 0.205, 0.2 * 1.5^4 = 1.013, 0.15 * 1.333^4 = 0.474, 0.013, 0.020.
  expect(pick({})).toBe(1)
  // Beta -1: 0.5 / 0.8 = 0.625, 0.2 / 1.5, 0.15 / 1.33, 0.1 / 0.6 = 0.167, 0.05 / 0.8.
  expect(pick({ beta: -1 })).toBe(0)
  // Beta -4: 1.22, 0.040, 0.047, 0.1 / 0.6^4 = 0.772, 0.122; without token 0 it is token 3.
  expect(pick({ beta: -4 }, { ...pickInput(ids, dpo, sft), excluded: new Set([0]) })).toBe(3)
})

test('is greedy by the base at beta 0 and by the DPO model at beta 1; ties go to the lowest id', () => {
  expect(pick({ beta: 0 }, pickInput(ids, dpo, [0.1, 0.1, 0.2, 0.3, 0.3]))).toBe(3)
  expect(pick({ beta: 1 }, pickInput(ids, [0.1, 0.2, 0.3, 0.3, 0.1], sft))).toBe(2)
})

test('steers a third model if it is named', () => {
  const base = [0.02, 0.08, 0.5, 0.3, 0.1]
  // 0.02 * 0.41, 0.08 * 5.06 = 0.405, 0.5 * 3.16 = 1.58, ...
  expect(pick({ base: 'large' }, pickInput(ids, dpo, sft, base))).toBe(2)
  // 0.4 * 0.41 = 0.164, 0.3 * 5.06 = 1.52, 0.2 * 3.16 = 0.63.
  expect(pick({ base: 'dpo' })).toBe(1)
})

test.each([
  [undefined, ['sft']],
  ['sft', ['sft']],
  ['dpo', ['sft']],
  ['large', ['sft', 'large']],
])('with the base %s reads full rows of DPO and %j', (base, others) => {
  expect(eft.reads(eft.parameters.parse({ base }), [])).toEqual({ lead: 'dpo', readout: { kind: 'full' }, others })
})

test('draws at a temperature, with the sampling filters', () => {
  const shares = (parameters: object) => {
    const counts = [0, 0, 0, 0, 0]
    for (let index = 0; index < 2000; index++) {
      const id = pick({ temperature: 1, seed: 3, ...parameters }, { ...pickInput(ids, dpo, sft), index })
      counts[id] = (counts[id] ?? 0) + 1 / 2000
    }
    return counts
  }
  // Beta 1 draws from the DPO model.
  for (const [id, share] of shares({ beta: 1 }).entries()) expect(Math.abs(share - (dpo[id] ?? 0))).toBeLessThan(0.04)
  // 1.013 and 0.474 of 1.724 are the first two of beta 4.
  const two = shares({ top_k: 2 })
  expect([two[0], two[3], two[4]]).toEqual([0, 0, 0])
  expect(Math.abs((two[1] ?? 0) - 1.013 / 1.487)).toBeLessThan(0.04)
  expect(shares({ top_p: 0.5 })[1]).toBeCloseTo(1)
})
