import { expect, test } from 'vitest'
import { aadBeam } from './aad-beam.js'
import { beam } from './beam.js'
import { bindBeam } from './beam-strategy.js'
import { pickInput } from './testing/pick-input.js'

const rounded = (values: ArrayLike<number>) => Array.from(values, (value) => Number(value.toFixed(5)) + 0)

test('beam adds log p of the DPO model; its best 2 * width ids are enough, behind those that are excluded', () => {
  const { reads } = bindBeam(beam, beam.parameters.parse({ width: 3 }))
  expect(reads([7, 8])).toEqual({ lead: 'dpo', readout: { kind: 'top-k', k: 8 }, others: [] })
  const { tokenIds, scores } = beam.score(beam.parameters.parse({}), {
    ...pickInput([4, 1, 0], [0.5, 0.25, 0.125]),
    excluded: new Set([1]),
  })
  expect([...tokenIds]).toEqual([4, 0])
  expect(rounded(scores)).toEqual(rounded([Math.log(0.5), Math.log(0.125)]))
})

test('aad-beam adds the advantage over V_alpha', () => {
  const { reads } = bindBeam(aadBeam, aadBeam.parameters.parse({ alpha: 0.4 }))
  const readout = { kind: 'candidates', alpha: 0.4, exclude: [7] }
  expect(reads([7])).toEqual({ lead: 'dpo', readout, others: ['sft'] })
  const { tokenIds, scores } = aadBeam.score(aadBeam.parameters.parse({}), pickInput([4, 1], [0.5, 0.25], [0.25, 0.5]))
  expect([...tokenIds]).toEqual([4, 1])
  expect(rounded(scores)).toEqual(rounded([Math.log(2), Math.log(0.5)]))
})

test('at or below tau the SFT model counts as uniform over V_alpha, above it as it is', () => {
  const read = pickInput([4, 1], [0.5, 0.25], [0.25, 0.5])
  const advantages = rounded([Math.log(2), Math.log(0.5)])
  const uniform = rounded([Math.log(0.5 * 2), Math.log(0.25 * 2)])
  // Of the 0.75 that the two have, not normalised anew.
  const entropy = -(0.25 * Math.log(0.25) + 0.5 * Math.log(0.5))
  const scored = (tau: number) => rounded(aadBeam.score(aadBeam.parameters.parse({ tau }), read).scores)
  expect(scored(entropy - 1e-6)).toEqual(advantages)
  expect(scored(entropy + 1e-6)).toEqual(uniform)
  expect(scored(0)).toEqual(advantages)
})

test('an SFT model that is certain is calm at tau 0; one that finds all candidates impossible too', () => {
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
])('aad-beam refuses %o', (parameters) => {
  expect(aadBeam.parameters.safeParse(parameters).success).toBe(false)
})
