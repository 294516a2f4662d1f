import { afterEach, expect, test } from 'vitest'
import { ServiceError, statusCodes } from '../../errors.js'
import type { Forward } from '../engine.js'
import { emptyWork, joinEngine, never, rowsOf, stepOf, ToyEngine } from '../testing/index.js'

type Joined = ReturnType<typeof joinEngine>
const opened: Joined[] = []
function join(settings: Parameters<typeof joinEngine>[1] = {}) {
  const engine = new ToyEngine()
  const joined = joinEngine(engine, settings)
  opened.push(joined)
  return { engine, host: joined.host, stats: joined.stats }
}
afterEach(async () => {
  for (const joined of opened.splice(0)) await joined.close()
})

const work = (...steps: ReturnType<typeof stepOf>[]) => ({ ...emptyWork, steps })
const names = ['a', 'b', 'c', 'd']
const prompt = (name: string) => [name.charCodeAt(0) % 32, 1, 2]
/** Longer than a decode step. */
const longPrompt = new Array<number>(40).fill(7)

/** A toy engine with sessions that hold different prompts. */
async function joinWithSessions(settings: Parameters<typeof joinEngine>[1] = {}) {
  const joined = join(settings)
  for (const name of names) await joined.host.run(work(stepOf(name, [], prompt(name))), never())
  joined.engine.runs.length = 0
  joined.engine.batches.length = 0
  return joined
}

/** The rows of a step from a service that runs nothing else. */
async function freshRow(tokens: readonly number[]): Promise<Float32Array[]> {
  const { host } = join()
  return rowsOf(await host.run(work(stepOf('alone', [], tokens)), never())).slice(-1)
}

test('runs steps of different requests as one batch, with the rows that each has by itself', async () => {
  const { engine, host } = await joinWithSessions()
  const outcomes = await Promise.all(
    names.map((name, i) => host.run(work(stepOf(name, prompt(name), [i + 3])), never())),
  )
  expect(engine.batches).toEqual([4])
  for (const [i, name] of names.entries())
    expect(rowsOf(outcomes[i] as (typeof outcomes)[number])).toEqual(await freshRow([...prompt(name), i + 3]))
})

test('runs the beams of one request as one batch, and two steps of one session one after the other', async () => {
  const { engine, host } = await joinWithSessions()
  const beams = names.map((name) => stepOf(name, prompt(name), [5]))
  const again = stepOf('a', [...prompt('a'), 5], [6])
  const outcome = await host.run(work(...beams, again), never())
  expect(engine.batches).toEqual([4])
  expect(engine.runs).toEqual([[5], [5], [5], [5], [6]])
  expect(outcome.results.map(({ position, failure }) => [position, failure])).toEqual([
    [4, null],
    [4, null],
    [4, null],
    [4, null],
    [5, null],
  ])
  expect(outcome.results[4]?.rows[0]?.scores[0]?.logits).toEqual((await freshRow([...prompt('a'), 5, 6]))[0])
})

test('limits the size of a batch, and runs the other steps next', async () => {
  const { engine, host } = await joinWithSessions({ maxBatch: 3 })
  await host.run(work(...names.map((name) => stepOf(name, prompt(name), [5]))), never())
  expect(engine.batches).toEqual([3])
  expect(engine.runs.length).toBe(4)
})

test('runs a batch between any two chunks of prompts, and alternates between prompts', async () => {
  const { engine, host } = await joinWithSessions({ prefillChunk: 4, maxBatch: 2 })
  const prompts = ['x', 'y'].map((name, i) =>
    host.run(
      work(
        stepOf(
          name,
          [],
          longPrompt.map((id) => id + i),
        ),
      ),
      never(),
    ),
  )
  const steps = names.map((name) => host.run(work(stepOf(name, prompt(name), [1])), never()))
  await Promise.all([...prompts, ...steps])
  const order = engine.runs.slice(0, 8).map((tokens) => (tokens.length === 1 ? 'step' : tokens[0]))
  expect(order).toEqual([7, 'step', 'step', 8, 'step', 'step', 7, 8])
})

test('runs a failed batch one by one: only the step at fault fails, and its session is as before', async () => {
  const { engine, host } = await joinWithSessions()
  engine.beforeRun = ({ tokenIds }: Forward) => {
    if (tokenIds[0] === 9) throw new Error('token 9 is broken')
  }
  const step = (name: string) => stepOf(name, prompt(name), [name === 'b' ? 9 : 3])
  const outcomes = await Promise.all(names.map((name) => host.run(work(step(name)), never())))
  expect(outcomes.map(({ results }) => results[0]?.failure?.message ?? null)).toEqual([
    null,
    'token 9 is broken',
    null,
    null,
  ])
  expect(outcomes.map(({ results }) => results[0]?.position)).toEqual([4, 3, 4, 4])
})

test('cancels one request of a running batch without affecting the others', async () => {
  const { engine, host } = await joinWithSessions({ prefillChunk: 2 })
  const controller = new AbortController()
  const reason = new ServiceError(statusCodes.cancelled, 'gone')
  engine.beforeRun = async () => {
    controller.abort(reason)
    await new Promise((resolve) => setTimeout(resolve, 2))
  }
  const cancelled = host.run(work(stepOf('a', prompt('a'), [1, 2, 3, 4])), controller.signal)
  const others = ['b', 'c'].map((name) => host.run(work(stepOf(name, prompt(name), [1, 2, 3, 4])), never()))
  await expect(cancelled).rejects.toBe(reason)
  expect((await Promise.all(others)).map(({ results }) => results[0]?.position)).toEqual([7, 7])
  engine.beforeRun = () => undefined
  expect((await host.run(work(stepOf('a', prompt('a'), [5])), never())).results[0]).toMatchObject({ position: 4 })
})

test('does not run a prompt whose cancellation has arrived together with it', async () => {
  const { engine, host, stats } = join()
  const controller = new AbortController()
  const cancelled = host.run(work(stepOf('x', [], longPrompt)), controller.signal)
  controller.abort(new ServiceError(statusCodes.cancelled, 'gone'))
  await expect(cancelled).rejects.toThrow('gone')
  await host.run(work(stepOf('a', [], [5])), never())
  expect(engine.runs).toEqual([[5]])
  expect(stats.read().queueLength).toBe(0)
})

test('counts the time of a run for every request in it', async () => {
  const { engine, host } = await joinWithSessions()
  let beganMs = Number.NaN
  engine.beforeRun = ({ tokenIds }: Forward) => {
    if (tokenIds[0] === 1) return new Promise((resolve) => setTimeout(resolve, 100))
    beganMs = performance.now()
  }
  const sentMs = performance.now()
  const outcomes = await Promise.all(
    ['a', 'b'].map((name, i) => host.run(work(stepOf(name, prompt(name), [i])), never())),
  )
  expect(engine.batches).toEqual([2])
  for (const { computeUs, queueUs } of outcomes) {
    expect(computeUs).toBeGreaterThan(95_000)
    // The run itself is no part of it.
    expect(queueUs).toBeLessThanOrEqual((beganMs - sentMs) * 1000)
  }
})

test('a readout of kept rows does not wait for a batch', async () => {
  const { engine, host } = await joinWithSessions()
  engine.beforeRun = () => new Promise((resolve) => setTimeout(resolve, 30))
  await host.run(work(stepOf('a', prompt('a'), [1])), never())
  const later = await host.run(work(stepOf('b', prompt('b'), [], { rows: 'last' })), never())
  expect([later.results[0]?.rows.length, later.computeUs]).toEqual([1, 0])
})
