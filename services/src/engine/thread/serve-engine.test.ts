import { emptyPrefixHash, extendPrefixHash } from '@tandem/proto'
import { afterEach, expect, test } from 'vitest'
import { ServiceError, statusCodes } from '../../errors.js'
import { emptyWork, joinEngine, never, rowsOf, stepOf, ToyEngine } from '../testing/index.js'

type Joined = ReturnType<typeof joinEngine>
const opened: Joined[] = []
function join(engine = new ToyEngine(), settings: Parameters<typeof joinEngine>[1] = {}) {
  const joined = joinEngine(engine, settings)
  opened.push(joined)
  return { engine, host: joined.host, stats: joined.stats }
}
afterEach(async () => {
  for (const joined of opened.splice(0)) await joined.close()
})

const hashOf = (tokens: readonly number[]) => extendPrefixHash(emptyPrefixHash, tokens)
const work = (...steps: ReturnType<typeof stepOf>[]) => ({ ...emptyWork, steps })
const prompt = [3, 1, 4, 1, 5, 9, 2, 6]

test('runs a long prompt in chunks, and the rows do not depend on the chunk size', async () => {
  const chunked = join(new ToyEngine(), { prefillChunk: 3 })
  const unchunked = join(new ToyEngine(), { prefillChunk: 64 })
  const outcomes = await Promise.all(
    [chunked, unchunked].map(({ host }) => host.run(work(stepOf('a', [], prompt)), never())),
  )
  expect(chunked.engine.runs).toEqual([
    [3, 1, 4],
    [1, 5, 9],
    [2, 6],
  ])
  expect(unchunked.engine.runs).toEqual([prompt])
  const [inChunks, inOne] = outcomes.map(rowsOf)
  expect(inChunks).toEqual(inOne)
  expect(outcomes[0]?.results[0]?.position).toBe(8)
})

test('a step without tokens reads all kept rows, the last one, or those left after a rewind', async () => {
  const { host, engine } = join()
  const first = rowsOf(await host.run(work(stepOf('a', [], prompt)), never()))
  const runs = engine.runs.length
  expect(rowsOf(await host.run(work(stepOf('a', prompt, [])), never()))).toEqual(first)
  expect(rowsOf(await host.run(work(stepOf('a', prompt, [], { rows: 'last' })), never()))).toEqual(first.slice(-1))
  const shorter = prompt.slice(0, 6)
  expect(rowsOf(await host.run(work(stepOf('a', shorter, [])), never()))).toEqual(first.slice(0, 6))
  expect(engine.runs.length).toBe(runs)
})

test('a step without readouts keeps its last row for a later readout', async () => {
  const { host } = join()
  const none = await host.run(work(stepOf('a', [], prompt, { rows: 'none', readouts: [] })), never())
  expect(none.results[0]).toEqual({ position: 8, rows: [], failure: null })
  const later = await host.run(work(stepOf('a', prompt, [], { rows: 'last' })), never())
  const fresh = await host.run(work(stepOf('b', [], prompt, { rows: 'last' })), never())
  expect(rowsOf(later)).toEqual(rowsOf(fresh))
})

test('reports a row that is not kept, with the position to replay from', async () => {
  const { host } = join()
  await host.run(work(stepOf('a', [], prompt, { rows: 'last' })), never())
  const outcome = await host.run(work(stepOf('a', [3, 1, 4], [], { rows: 'last' })), never())
  expect(outcome.results[0]?.failure).toEqual({
    code: statusCodes.failedPrecondition,
    message: 'session "a" keeps no row for position 3: send the token before it again',
    held: { position: 2, prefixHash: hashOf([3, 1]) },
  })
})

test('reports what is held for a position that is too large, another prefix and an unknown session', async () => {
  const { host } = join()
  await host.run(work(stepOf('a', [], [1, 2, 3])), never())
  const outcome = await host.run(
    work(stepOf('a', [1, 2, 3, 4], [5]), stepOf('a', [1, 9], [5]), stepOf('b', [1], [5]), stepOf('a', [1, 2], [5])),
    never(),
  )
  const held = { position: 3, prefixHash: hashOf([1, 2, 3]) }
  expect(outcome.results.map((result) => result.failure?.held ?? null)).toEqual([
    held,
    held,
    { position: 0, prefixHash: emptyPrefixHash },
    null,
  ])
  expect(outcome.results.map((result) => result.failure?.code ?? 0)).toEqual([9, 9, 9, 0])
  expect(outcome.results[3]?.position).toBe(3)
})

test('refuses a step past the context length and changes nothing', async () => {
  const { host } = join()
  await host.run(work(stepOf('a', [], prompt)), never())
  const outcome = await host.run(work(stepOf('a', prompt, new Array(57).fill(1))), never())
  expect(outcome.results[0]).toMatchObject({
    position: 8,
    failure: {
      code: statusCodes.invalidArgument,
      message: 'session "a" would hold 65 tokens (8 and 57 more): the model\'s context length is 64',
    },
  })
})

test('applies forks, reorder, steps and closes in this order', async () => {
  const { host } = join()
  await host.run(work(stepOf('a', [], [1, 2])), never())
  const outcome = await host.run(
    {
      forks: [{ from: 'a', to: 'b' }],
      reorder: { sessionIds: ['a', 'b'], parents: [1, 0] },
      steps: [stepOf('a', [1, 2], [3]), stepOf('b', [1, 2], [4])],
      closeSessionIds: ['a'],
    },
    never(),
  )
  expect(outcome.results.map((result) => [result.position, result.failure])).toEqual([
    [3, null],
    [3, null],
  ])
  const after = await host.run(work(stepOf('a', [1, 2, 3], [5]), stepOf('b', [1, 2, 4], [5])), never())
  expect(after.results.map((result) => result.failure?.code ?? 0)).toEqual([9, 0])
})

test('a fork of an unknown session fails the whole request', async () => {
  const { host } = join()
  const outcome = await host.run({ ...work(stepOf('a', [], [1])), forks: [{ from: 'x', to: 'y' }] }, never())
  expect(outcome.results).toEqual([])
  expect(outcome.failure).toMatchObject({ code: statusCodes.failedPrecondition, held: { position: 0 } })
})

test('a failed run leaves the session as it was; a failed later chunk leaves the tokens before the step', async () => {
  const { host, engine } = join(new ToyEngine(), { prefillChunk: 3 })
  await host.run(work(stepOf('a', [], prompt)), never())
  let runsLeft = 0
  engine.beforeRun = () => {
    if (runsLeft-- === 0) throw new Error('a broken graph')
  }
  const first = await host.run(work(stepOf('a', [3, 1], [7, 7, 7, 7])), never())
  expect(first.results[0]).toEqual({
    position: 8,
    rows: [],
    failure: { code: statusCodes.internal, message: 'a broken graph', held: null },
  })
  runsLeft = 1
  const second = await host.run(work(stepOf('a', [3, 1, 4], [7, 7, 7, 7])), never())
  expect(second.results[0]?.position).toBe(3)
  runsLeft = Number.POSITIVE_INFINITY
  const again = await host.run(work(stepOf('a', [3, 1, 4], [7])), never())
  const fresh = await host.run(work(stepOf('b', [], [3, 1, 4, 7])), never())
  expect(rowsOf(again)).toEqual(rowsOf(fresh).slice(-1))
})

test('a decode step does not wait for a long prompt of another session', async () => {
  const { host, engine } = join(new ToyEngine(), { prefillChunk: 4 })
  await host.run(work(stepOf('short', [], [1])), never())
  const long = host.run(work(stepOf('long', [], new Array(60).fill(2))), never())
  await host.run(work(stepOf('short', [1], [3])), never())
  expect(engine.runs.length).toBeLessThan(6)
  expect((await long).results[0]?.position).toBe(60)
})

test('runs requests of one session in the order of their arrival', async () => {
  const { host } = join()
  const outcomes = await Promise.all([
    host.run(work(stepOf('a', [], [1, 2])), never()),
    host.run(work(stepOf('a', [1, 2], [3])), never()),
    host.run(work(stepOf('a', [1, 2, 3], [4])), never()),
  ])
  expect(outcomes.map((outcome) => outcome.results[0]?.position)).toEqual([2, 3, 4])
})

test('cancelled work stops at the next chunk; its session holds the tokens before the step', async () => {
  const { host, engine } = join(new ToyEngine(), { prefillChunk: 2 })
  await host.run(work(stepOf('a', [], [1, 2])), never())
  const controller = new AbortController()
  const reason = new ServiceError(statusCodes.deadlineExceeded, 'too late')
  engine.beforeRun = async () => {
    if (engine.runs.length === 3) controller.abort(reason)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  await expect(host.run(work(stepOf('a', [1, 2], new Array(40).fill(5))), controller.signal)).rejects.toBe(reason)
  engine.beforeRun = () => undefined
  const next = await host.run(work(stepOf('a', [1, 2], [3])), never())
  expect(engine.runs.length).toBeLessThan(8)
  expect(next.results[0]).toMatchObject({ position: 3, failure: null })
})

test('a request that is cancelled while it waits for its session changes nothing', async () => {
  const { host } = join(new ToyEngine(), { prefillChunk: 1 })
  const controller = new AbortController()
  const first = host.run(work(stepOf('a', [], prompt)), never())
  const second = host.run({ ...work(stepOf('a', prompt, [1])), closeSessionIds: ['b'] }, controller.signal)
  controller.abort(new ServiceError(statusCodes.cancelled, 'gone'))
  await expect(second).rejects.toThrow('gone')
  expect((await first).results[0]?.position).toBe(8)
  expect((await host.run(work(stepOf('a', prompt, [2])), never())).results[0]?.failure).toBeNull()
})

test('a full queue refuses requests and names its limit', async () => {
  const { host } = join(new ToyEngine(), { maxQueue: 2, prefillChunk: 1 })
  const runs = ['a', 'b', 'c'].map((id) => host.run(work(stepOf(id, [], prompt)), never()))
  const failures = (await Promise.all(runs)).map((outcome) => outcome.failure)
  expect(failures.map((failure) => failure?.code ?? 0)).toEqual([0, 0, statusCodes.resourceExhausted])
  expect(failures[2]?.message).toBe('the queue is full: 2 requests are waiting (TANDEM_MAX_QUEUE). Retry later')
})

test('answers requests that together exceed the memory, and refuses one that does so by itself', async () => {
  const { host } = join(new ToyEngine(), { maxBytes: 8 * 50 + 128 * 32 })
  const open = (id: string, length: number) => host.run(work(stepOf(id, [], new Array(length).fill(1))), never())
  const outcomes = await Promise.all(Array.from({ length: 30 }, (_, i) => open(`s${i}`, 40)))
  expect(new Set(outcomes.map((outcome) => outcome.results[0]?.failure?.code ?? 0))).toEqual(new Set([0]))
  expect((await open('large', 60)).results[0]?.failure?.code).toBe(statusCodes.resourceExhausted)
})

test("closing a stream's sessions waits for the work that uses them", async () => {
  const { host } = join(new ToyEngine(), { prefillChunk: 1 })
  const running = host.run(work(stepOf('a', [], prompt)), never())
  host.closeSessions(['a'])
  expect((await running).results[0]?.position).toBe(8)
  const after = await host.run(work(stepOf('a', prompt, [1])), never())
  expect(after.results[0]?.failure?.held).toEqual({ position: 0, prefixHash: emptyPrefixHash })
})

test('closes idle sessions after their time to live', async () => {
  const { host, stats } = join(new ToyEngine(), { ttlMs: 20 })
  await host.run(work(stepOf('a', [], prompt)), never())
  await expect.poll(() => stats.read().sessions).toBe(0)
  const after = await host.run(work(stepOf('a', prompt, [1])), never())
  expect(after.results[0]?.failure?.code).toBe(statusCodes.failedPrecondition)
})

test('a prompt of many rows keeps the last 32', async () => {
  const { host } = join()
  const long = Array.from({ length: 40 }, (_, i) => i % 32)
  const rows = rowsOf(await host.run(work(stepOf('a', [], long)), never()))
  expect(rowsOf(await host.run(work(stepOf('a', long, [], { rows: 'last' })), never()))).toEqual(rows.slice(-1))
  const all = await host.run(work(stepOf('a', long, [])), never())
  expect(all.results[0]?.failure?.message).toContain('does not keep all rows of its last step (it keeps at most 32)')
})

test('a gather has one list of ids, or one for each row', async () => {
  const { host } = join()
  const gather = (lists: number) => ({
    readouts: [{ kind: 'gather' as const, rows: Array.from({ length: lists }, () => Uint32Array.of(1, 2)) }],
  })
  const codes = []
  for (const lists of [1, 3, 2]) {
    const outcome = await host.run(work(stepOf('a', [], [1, 2, 3], gather(lists))), never())
    codes.push(outcome.results[0]?.failure?.code ?? 0)
  }
  expect(codes).toEqual([0, 0, statusCodes.invalidArgument])
})

test('a stopped engine fails waiting and later work, with its reason', async () => {
  const { host } = join(new ToyEngine(), { prefillChunk: 1 })
  const running = host.run(work(stepOf('a', [], prompt)), never())
  host.fail('the worker exited with code 1')
  await expect(running).rejects.toMatchObject({
    code: statusCodes.unavailable,
    message: 'the engine has stopped: the worker exited with code 1',
  })
  await expect(host.run(emptyWork, never())).rejects.toMatchObject({ code: statusCodes.unavailable })
})

test('refuses rows that do not fit into a message before the run, and answers those that fit', async () => {
  const { host, engine } = join(new ToyEngine(8192))
  const readouts = Array.from({ length: 8 }, () => ({ kind: 'full' as const }))
  const wide = (id: string) => stepOf(id, [], new Array(60).fill(1), { vocabularyLimit: 8192, readouts })
  const outcome = await host.run(work(wide('a'), wide('b'), wide('c'), wide('d'), wide('e')), never())
  expect(outcome.results.map((result) => result.failure?.code ?? 0)).toEqual([
    0,
    0,
    0,
    0,
    statusCodes.resourceExhausted,
  ])
  expect(outcome.results[4]?.failure?.message).toMatch(
    /^the requested rows take at least \d+ bytes, but a response holds \d+/,
  )
  expect(engine.runs.length).toBe(4 * 12)
})

test('a step without tokens and rows truncates the session', async () => {
  const { host } = join()
  await host.run(work(stepOf('a', [], prompt, { rows: 'last' })), never())
  const outcome = await host.run(work(stepOf('a', [3, 1], [], { rows: 'none', readouts: [] })), never())
  expect(outcome.results[0]).toEqual({ position: 2, rows: [], failure: null })
})

test('two beams of one parent continue differently without a replay', async () => {
  const { host } = join()
  await host.run(work(stepOf('a', [], [1, 2]), stepOf('b', [], [9])), never())
  const reorder = { sessionIds: ['a', 'b'], parents: [0, 0] }
  await host.run({ ...emptyWork, reorder, steps: [stepOf('a', [1, 2], [3]), stepOf('b', [1, 2], [4])] }, never())
  const outcome = await host.run(work(stepOf('a', [1, 2, 3], [5]), stepOf('b', [1, 2, 4], [5])), never())
  expect(outcome.results.map((result) => [result.position, result.failure])).toEqual([
    [4, null],
    [4, null],
  ])
})
