import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { eventStream } from './event-stream.js'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

const open = async (chunks: AsyncGenerator<object, void>) => {
  const ends: unknown[] = []
  const response = await eventStream(chunks, { onError: (error) => ends.push(error), onEnd: () => ends.push('end') })
  return { response, ends }
}

async function* slow(ms: number) {
  yield { first: true }
  await new Promise((resolve) => setTimeout(resolve, ms))
  yield { second: true }
}

test('a chunk that takes long is preceded by comments', async () => {
  const { response, ends } = await open(slow(2_500))
  const text = response.text()
  await vi.advanceTimersByTimeAsync(2_500)
  expect(await text).toBe('data: {"first":true}\n\n: ping\n\n: ping\n\ndata: {"second":true}\n\ndata: [DONE]\n\n')
  expect(ends).toEqual(['end'])
})

test('chunks that come in time have none between them', async () => {
  const { response } = await open(slow(900))
  const text = response.text()
  await vi.advanceTimersByTimeAsync(900)
  expect(await text).toBe('data: {"first":true}\n\ndata: {"second":true}\n\ndata: [DONE]\n\n')
})

test('a reader that goes during a wait is told to nobody but the one who is to know', async () => {
  const { response, ends } = await open(slow(5_000))
  const reader = response.body?.getReader()
  await reader?.read()
  const waiting = reader?.read()
  await reader?.cancel()
  await waiting
  await vi.advanceTimersByTimeAsync(10_000)
  expect(ends).toEqual(['end'])
})
