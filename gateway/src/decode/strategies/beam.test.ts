import { expect, test } from 'vitest'
import { beam } from './beam.js'
import { bindBeamStrategy } from './beam-strategy.js'
import { pickInput } from './testing/pick-input.js'

const rounded = (values: ArrayLike<number>) => Array.from(values, (value) => Number(value.toFixed(5)) + 0)

test('adds log p of the DPO model and reads its best 2 * width ids apart from the excluded ones', () => {
  const { reads } = bindBeamStrategy(beam, beam.parameters.parse({ width: 3 }))
  expect(reads([7, 8])).toEqual({ lead: 'dpo', readout: { kind: 'top-k', k: 8 }, others: [] })
  const { tokenIds, scores } = beam.score(beam.parameters.parse({}), {
    ...pickInput([4, 1, 0], [0.5, 0.25, 0.125]),
    excluded: new Set([1]),
  })
  expect([...tokenIds]).toEqual([4, 0])
  expect(rounded(scores)).toEqual(rounded([Math.log(0.5), Math.log(0.125)]))
})
