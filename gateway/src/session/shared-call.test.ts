import { expect, test } from 'vitest'
import { SharedCall } from './shared-call.js'

/** Calls whose answers are given by hand. */
function setUp() {
  const calls: { signal: AbortSignal; resolve: (value: number) => void; reject: (error: Error) => void }[] = []
  const shared = new SharedCall<number>(
    (signal) => new Promise((resolve, reject) => calls.push({ signal, resolve, reject })),
  )
  return { calls, shared }
}

test('one call answers all who wait, and the next who asks has a new one', async () => {
  const { calls, shared } = setUp()
  const answers = [1, 2].map(() => shared.join(new AbortController().signal))
  expect(calls).toHaveLength(1)
  calls[0]?.resolve(7)
  expect(await Promise.all(answers)).toEqual([7, 7])
  const failed = shared.join(new AbortController().signal)
  calls[1]?.reject(new Error('no'))
  await expect(failed).rejects.toThrow('no')
})

test('one who goes is let go at once; the call ends with the last', async () => {
  const { calls, shared } = setUp()
  const [first, second] = [new AbortController(), new AbortController()]
  const answers = [first, second].map(({ signal }) => shared.join(signal))
  first.abort()
  await expect(answers[0]).rejects.toThrow('the caller has gone')
  expect(calls[0]?.signal.aborted).toBe(false)
  second.abort()
  await expect(answers[1]).rejects.toThrow('the caller has gone')
  expect(calls[0]?.signal.aborted).toBe(true)
  await expect(shared.join(first.signal)).rejects.toThrow('the caller has gone')
  expect(calls).toHaveLength(1)
})
