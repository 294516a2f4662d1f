import { expect, it } from 'vitest'
import { StopKey } from './stop-key.js'

const untilAborted = (signal: AbortSignal) =>
  new Promise<void>((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error))
  })

it('stops an answer, which is no error, and then ends', async () => {
  const key = new StopKey()
  const answer = key.during(untilAborted)
  expect(key.press()).toBe('stopped')
  await answer
  expect(key.press()).toBe('end')
})

it('ends by a second press while the answer is still being stopped', async () => {
  const key = new StopKey()
  const answer = key.during(untilAborted)
  expect([key.press(), key.press()]).toEqual(['stopped', 'end'])
  await answer
})

it('without an answer takes two presses, and a line between them counts anew', () => {
  const key = new StopKey()
  expect(key.press()).toBe('armed')
  key.disarm()
  expect(key.press()).toBe('armed')
  expect(key.press()).toBe('end')
})

it('hides no error that came by itself', async () => {
  const failed = new StopKey().during(() => Promise.reject(new Error('gone')))
  await expect(failed).rejects.toThrow('gone')
})
