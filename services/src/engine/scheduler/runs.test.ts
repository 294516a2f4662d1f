import { afterEach, expect, test } from 'vitest'
import { emptyWork, joinEngine, never, stepOf, ToyEngine } from '../testing/index.js'
import { maxRuns } from '../work.js'

/** The runs that an outcome names. */

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup()
})

function join(prefillChunk: number) {
  const { host, stats, close } = joinEngine(new ToyEngine(), { prefillChunk })
  cleanups.push(close)
  const run = (...steps: ReturnType<typeof stepOf>[]) => host.run({ ...emptyWork, steps }, never())
  return { run, stats }
}

test('names each run of a prompt, its tokens and its kind, with times in order', async () => {
  const { run } = join(5)
  const before = performance.timeOrigin + performance.now()
  const { runs, computeUs } = await run(stepOf('a', [], new Array(17).fill(1)))
  expect(runs.map(({ kind, tokens, batchSize }) => [kind, tokens, batchSize])).toEqual([
    ['prefill', 5, 1],
    ['prefill', 5, 1],
    ['decode', 5, 1],
    ['decode', 2, 1],
  ])
  const ends = runs.map(({ startMs, durationMs }) => startMs + durationMs)
  runs.forEach(({ startMs }, i) => {
    expect(startMs).toBeGreaterThanOrEqual((ends[i - 1] ?? before) - 0.01)
  })
  expect(computeUs).toBe(Math.round(runs.reduce((sum, { durationMs }) => sum + durationMs, 0) * 1000))
})

test('counts the forwards of all work in a run, and the tokens of its own', async () => {
  const { run } = join(5)
  await run(stepOf('a', [], [1]), stepOf('b', [], [1]), stepOf('c', [], [1]))
  const outcomes = await Promise.all([
    run(stepOf('a', [1], [2, 3]), stepOf('b', [1], [2])),
    run(stepOf('c', [1], [2])),
    run(stepOf('c', [1], [], { rows: 'last' })),
  ])
  const [both, one, none] = outcomes.map(({ runs }) => runs)
  expect(both).toMatchObject([{ kind: 'decode', tokens: 3, batchSize: 3 }])
  expect(one).toMatchObject([{ kind: 'decode', tokens: 1, batchSize: 3 }])
  expect(both?.[0]?.startMs).toBe(one?.[0]?.startMs)
  expect(none).toEqual([])
})

test('names a limited number of runs, and counts the time of all', async () => {
  const { run, stats } = join(5)
  const steps = Array.from({ length: maxRuns + 10 }, () => stepOf('a', [], [1], { rows: 'none', readouts: [] }))
  const { runs, computeUs } = await run(...steps)
  expect(runs.length).toBe(maxRuns)
  expect(stats.read().runs).toBe(maxRuns + 10)
  expect(computeUs).toBeGreaterThan(runs.reduce((sum, { durationMs }) => sum + durationMs, 0) * 1000)
})
