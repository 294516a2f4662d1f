import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import { withTimeout } from './with-timeout.js'

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

test('aborts after the time, even if the garbage collector runs before', async () => {
  const signal = withTimeout(100, new AbortController().signal)
  await new Promise((resolve) => setTimeout(resolve, 10))
  collectGarbage()
  await expect.poll(() => signal.aborted).toBe(true)
  expect(signal.reason).toMatchObject({ name: 'TimeoutError' })
})

test('aborts with the first of the signals, with its reason', () => {
  const controller = new AbortController()
  const signal = withTimeout(60_000, new AbortController().signal, controller.signal)
  controller.abort('enough')
  expect([signal.aborted, signal.reason]).toEqual([true, 'enough'])
})
