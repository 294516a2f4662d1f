import { expect, test } from 'vitest'
import { contrastive } from './contrastive.js'
import { pickInput } from './testing/pick-input.js'

const defaults = contrastive.parameters.parse({})

test('picks the candidate that the amateur underrates most', () => {
  // Of five tokens, alpha 0.1 keeps 4, 1 and 3 (0.1 * 0.5); their ratios
  // are 0.5 / 0.7, 0.3 / 0.1, 0.1 / 0.05.
  expect(contrastive.pick(defaults, pickInput([4, 1, 3], [0.5, 0.3, 0.1], [0.7, 0.1, 0.05]))).toBe(1)
  expect(contrastive.pick(defaults, pickInput([4, 3], [0.5, 0.25], [0.5, 0.25]))).toBe(3)
})

test('reads the candidates of the expert and gathers them from the amateur, by default the pair', () => {
  const readout = { kind: 'candidates', alpha: 0.1, exclude: [2] }
  expect(contrastive.reads(defaults, [2])).toEqual({ lead: 'dpo', readout, others: ['sft'] })
  const given = contrastive.parameters.parse({ expert: 'large', amateur: 'small' })
  expect(contrastive.reads(given, [2])).toEqual({ lead: 'large', readout, others: ['small'] })
})
