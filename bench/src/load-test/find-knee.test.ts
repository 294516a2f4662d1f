import { expect, test } from 'vitest'
import { summarizeLoad } from '../load/summarize-load.js'
import { findKnee } from './find-knee.js'

const run = { records: [], window: { fromMs: 0, toMs: 1000 }, droppedAtMs: [] }
const empty = summarizeLoad(run, { firstTokenMs: 1, perTokenMs: 1 })
const load = (perSecond: number, goodShare: number, goodputPerSecond: number) => ({
  name: `${perSecond}`,
  perSecond,
  summary: { ...empty, goodShare, goodputPerSecond },
})

test('the knee is the last rate before the first at which too few answers are good', () => {
  expect(findKnee([load(1, 1, 0.9), load(2, 0.9, 1.8), load(3, 0.89, 2.1), load(4.5, 0.95, 2)])).toEqual({
    keptPerSecond: 2,
    saturatedPerSecond: 3,
    peakGoodputPerSecond: 2.1,
  })
})

test('there is no knee if a stack keeps up with all rates or with none', () => {
  expect(findKnee([load(1, 1, 1)])).toEqual({ keptPerSecond: 1, saturatedPerSecond: null, peakGoodputPerSecond: 1 })
  expect(findKnee([load(1, 0, 0)])).toEqual({ keptPerSecond: null, saturatedPerSecond: 1, peakGoodputPerSecond: 0 })
})
