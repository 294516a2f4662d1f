import { expect, test } from 'vitest'
import { aadBeam } from './aad-beam.js'
import { bindBeamStrategy } from './beam-strategy.js'
import { pickInput } from './testing/pick-input.js'

const rounded = (values: ArrayLike<number>) => Array.from(values, (value) => Number(value.toFixed(5)) + 0)

test('adds the advantage over V_alpha', () => {
  const { reads } = bindBeamStrategy(aadBeam, aadBeam.parameters.parse({ alpha: 0.4 }))
  const readout = { kind: 'candidates', alpha: 0.4, exclude: [7] }
  expect(reads([7])).toEqual({ lead: 'dpo', readout, others: ['sft'] })
  const { tokenIds, scores } = aadBeam.score(aadBeam.parameters.parse({}), pickInput([4, 1], [0.5, 0.25], [0.25, 0.5]))
  expect([...tokenIds]).toEqual([4, 1])
  expect(rounded(scores)).toEqual(rounded([Math.log(2), Math.log(0.5)]))
})

test('treats the SFT model as uniform over V_alpha if its entropy is at most tau', () => {
  const read = pickInput([4, 1], [0.5, 0.25], [0.25, 0.5])
  const advantages = rounded([Math.log(2), Math.log(0.5)])
  const uniform = rounded([Math.log(0.5 * 2), Math.log(0.25 * 2)])
  // The two probabilities sum to 0.75 and are not renormalised.
  const entropy = -(0.25 * Math.log(0.25) + 0.5 * Math.log(0.5))
  const scored = (tau: number) => rounded(aadBeam.score(aadBeam.parameters.parse({ tau }), read).scores)
  expect(scored(entropy - 1e-6)).toEqual(advantages)
  expect(scored(entropy + 1e-6)).toEqual(uniform)
  expect(scored(0)).toEqual(advantages)
})

test('has entropy 0 if the SFT model is certain, or if it gives all candidates probability 0', () => {
  const scored = (sft: number[]) =>
    rounded(aadBeam.score(aadBeam.parameters.parse({ tau: 0 }), pickInput([4, 1], [0.5, 0.25], sft)).scores)
  expect(scored([1, 0])).toEqual(rounded([0, Math.log(0.5)]))
  expect(scored([0, 0])).toEqual(rounded([0, Math.log(0.5)]))
})

test.each([
  { width: 0 },
  { width: 17 },
  { width: 1_000_000 },
  { width: 2.5 },
  { length_penalty: Number.NaN },
  { length_penalty: 11 },
  { tau: -0.1 },
  { alpha: 0 },
  { alpha: 1.1 },
  { temperature: 1 },
])('refuses %o', (parameters) => {
  expect(aadBeam.parameters.safeParse(parameters).success).toBe(false)
})
