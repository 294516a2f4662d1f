import { expect, test } from 'vitest'
import { SharedCall } from './shared-call.js'

/** Creates calls that the test answers. */
function setUp() {
  const calls: { signal: AbortSignal; resolve: (value: number) => void; reject: (error: Error) => void }[] = []
  const shared = new SharedCall<number>(
    (signal) => new Promise((resolve, reject) => calls.push({ signal, resolve, reject })),
  )
  return { calls, shared }
}

test('shares one call among all waiting callers and starts a new one for the next', async () => {
  const { calls, shared } = setUp()
  const answers = [1, 2].map(() => shared.join(new AbortController().signal))
  expect(calls).toHaveLength(1)
  calls[0]?.resolve(7)
  expect(await Promise.all(answers)).toEqual([7, 7])
  const failed = shared.join(new AbortController().signal)
  calls[1]?.reject(new Error('no'))
  await expect(failed).rejects.toThrow('no')
})

test('releases an aborted caller at once and cancels the call with the last one', async () => {
  const { calls, shared } = setUp()
  const [first, second] = [new AbortController(), new AbortController()]
  const answers = [first, second].map(({ signal }) => shared.join(signal))
  first.abort()
  await expect(answers[0]).rejects.toThrow('the client has disconnected')
  expect(calls[0]?.signal.aborted).toBe(false)
  second.abort()
  await expect(answers[1]).rejects.toThrow('the client has disconnected')
  expect(calls[0]?.signal.aborted).toBe(true)
  await expect(shared.join(first.signal)).rejects.toThrow('the client has disconnected')
  expect(calls).toHaveLength(1)
})
