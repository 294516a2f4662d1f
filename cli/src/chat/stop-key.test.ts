import { expect, it } from 'vitest'
import { StopKey } from './stop-key.js'

const untilAborted = (signal: AbortSignal) =>
  new Promise<void>((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error))
  })

it('stops an answer without an error, and then ends the chat', async () => {
  const key = new StopKey()
  const answer = key.during(untilAborted)
  expect(key.press()).toBe('stopped')
  await answer
  expect(key.press()).toBe('end')
})

it('ends the chat on a second press while the answer is being stopped', async () => {
  const key = new StopKey()
  const answer = key.during(untilAborted)
  expect([key.press(), key.press()]).toEqual(['stopped', 'end'])
  await answer
})

it('needs two presses without an answer, and a line between them resets the count', () => {
  const key = new StopKey()
  expect(key.press()).toBe('armed')
  key.disarm()
  expect(key.press()).toBe('armed')
  expect(key.press()).toBe('end')
})

it('reports an error that is not a stop', async () => {
  const failed = new StopKey().during(() => Promise.reject(new Error('gone')))
  await expect(failed).rejects.toThrow('gone')
})
