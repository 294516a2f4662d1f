import { setImmediate } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { runTogether, type StartSource } from './run-together.js'

const never = new AbortController().signal

/** A promise that a test settles. */
function createGate() {
  let [open, fail] = [(): void => undefined, (_reason: unknown): void => undefined]
  const promise = new Promise<void>((resolve, reject) => {
    ;[open, fail] = [resolve, reject]
  })
  promise.catch(() => undefined)
  return { promise, open, fail }
}

/** Sources that yield their values when the test says so, and what has happened to them. */
function createSources(count: number, length = 1) {
  const log: string[] = []
  const gates = Array.from({ length: count }, createGate)
  const starts = gates.map(
    (gate, at): StartSource<string> =>
      async function* (signal) {
        log.push(`${at} starts`)
        signal.addEventListener('abort', () => gate.fail(new Error(`${at} aborted`)), { once: true })
        try {
          for (let i = 0; i < length; i++) {
            await gate.promise
            yield `${at}.${i}`
          }
        } finally {
          log.push(`${at} ends`)
        }
      },
  )
  return { log, starts, open: (at: number) => gates[at]?.open(), fail: (at: number) => gates[at]?.fail('gone') }
}

/** Places besides the first one, as an admission has them. */
function createPlaces(free: number, limit = Number.POSITIVE_INFINITY) {
  const places = {
    free,
    limit,
    take: () => {
      if (places.free === 0) return null
      places.free--
      return () => places.free++
    },
  }
  return places
}

test('starts as many as there are places, in their order, and the next one when a place is free', async () => {
  const { log, starts, open } = createSources(4)
  const places = createPlaces(1)
  const values = runTogether(starts, places, never)
  const first = values.next()
  expect(log).toEqual(['0 starts', '1 starts'])
  open(1)
  expect((await first).value).toEqual([1, '1.0'])
  const second = values.next()
  await expect.poll(() => log.slice(2)).toEqual(['1 ends', '2 starts'])
  for (const at of [0, 2, 3]) open(at)
  const found = [(await second).value, (await values.next()).value, (await values.next()).value]
  expect(found.map((value) => value?.[1]).sort()).toEqual(['0.0', '2.0', '3.0'])
  expect((await values.next()).done).toBe(true)
  expect(places.free).toBe(1)
})

test('always runs one, without a place of its own', async () => {
  const { log, starts, open } = createSources(2)
  const values = runTogether(starts, createPlaces(0), never)
  open(0)
  open(1)
  expect((await values.next()).value).toEqual([0, '0.0'])
  expect(log).toEqual(['0 starts'])
  expect((await values.next()).value).toEqual([1, '1.0'])
  expect((await values.next()).done).toBe(true)
})

test('takes a place that gets free elsewhere as soon as a value arrives', async () => {
  const { log, starts, open } = createSources(2, 2)
  const places = createPlaces(0)
  const values = runTogether(starts, places, never)
  open(0)
  await values.next()
  places.free = 1
  await values.next()
  expect(log).toEqual(['0 starts', '1 starts'])
  await values.return()
})

test('runs at most `limit` at the same time', async () => {
  const { log, starts, open } = createSources(3)
  const values = runTogether(starts, createPlaces(9, 2), never)
  const first = values.next()
  await setImmediate()
  expect(log).toEqual(['0 starts', '1 starts'])
  for (const at of [0, 1, 2]) open(at)
  await first
  await values.return()
})

test('an error ends all others before it is thrown, and gives the places back', async () => {
  const { log, starts, fail } = createSources(3)
  const places = createPlaces(2)
  const values = runTogether(starts, places, never)
  const first = values.next()
  fail(1)
  await expect(first).rejects.toBe('gone')
  expect([...log].sort()).toEqual(['0 ends', '0 starts', '1 ends', '1 starts', '2 ends', '2 starts'])
  expect(places.free).toBe(2)
})

test('a reader that stops, and an aborted request, end all', async () => {
  const stopped = createSources(2)
  const values = runTogether(stopped.starts, createPlaces(1), never)
  stopped.open(0)
  await values.next()
  await values.return()
  expect([...stopped.log].sort()).toEqual(['0 ends', '0 starts', '1 ends', '1 starts'])

  const aborted = createSources(2)
  const client = new AbortController()
  const first = runTogether(aborted.starts, createPlaces(1), client.signal).next()
  client.abort()
  await expect(first).rejects.toThrow('0 aborted')
  expect([...aborted.log].sort()).toEqual(['0 ends', '0 starts', '1 ends', '1 starts'])
})
