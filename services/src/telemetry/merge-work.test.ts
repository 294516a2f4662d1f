import { expect, test } from 'vitest'
import { maxRuns } from '../engine/work.js'
import { mergeWork } from './merge-work.js'
import { noWork } from './served-message.js'

const runAt = (startMs: number, tokens: number) => ({
  startMs,
  durationMs: 2,
  batchSize: 3,
  kind: 'prefill' as const,
  tokens,
})

test('a run that several pieces took part in counts once, with the tokens of all', () => {
  const first = { queueUs: 5, computeUs: 4000, runs: [runAt(10, 1), runAt(20, 2)] }
  const second = { queueUs: 9, computeUs: 4000, runs: [runAt(20, 3), runAt(30, 4)] }
  expect(mergeWork([second, noWork, first])).toEqual({
    queueUs: 5,
    computeUs: 6000,
    runs: [runAt(10, 1), runAt(20, 5), runAt(30, 4)],
  })
  expect(mergeWork([])).toEqual(noWork)
  expect(mergeWork([noWork])).toEqual(noWork)
})

test('keeps a limited number of runs', () => {
  const runs = Array.from({ length: maxRuns + 5 }, (_, i) => runAt(i, 1))
  const merged = mergeWork([{ queueUs: 0, computeUs: 0, runs }])
  expect([merged.runs.length, merged.computeUs]).toEqual([maxRuns, 2000 * (maxRuns + 5)])
})
