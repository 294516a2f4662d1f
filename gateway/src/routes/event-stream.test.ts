import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { ApiError } from '../openai/api-error.js'
import { eventStream } from './event-stream.js'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

const open = async (chunks: AsyncGenerator<object, void>, pingMs = 15_000) => {
  const ends: unknown[] = []
  const response = await eventStream(chunks, {
    pingMs,
    onError: (error) => ends.push(error),
    onEnd: () => ends.push('end'),
    write: (send) => send(),
    onPull: () => undefined,
  })
  return { response, ends }
}

async function* slow(ms: number) {
  yield { first: true }
  await new Promise((resolve) => setTimeout(resolve, ms))
  yield { second: true }
}

test('sends comments before a slow chunk', async () => {
  const { response, ends } = await open(slow(40_000))
  const text = response.text()
  await vi.advanceTimersByTimeAsync(40_000)
  expect(await text).toBe('data: {"first":true}\n\n: ping\n\n: ping\n\ndata: {"second":true}\n\ndata: [DONE]\n\n')
  expect(ends).toEqual(['end'])
})

test('sends no comments between fast chunks', async () => {
  const { response } = await open(slow(14_900))
  const text = response.text()
  await vi.advanceTimersByTimeAsync(14_900)
  expect(await text).toBe('data: {"first":true}\n\ndata: {"second":true}\n\ndata: [DONE]\n\n')
})

test('a reader that disconnects during a wait calls onEnd once, and nothing else', async () => {
  const { response, ends } = await open(slow(50_000))
  const reader = response.body?.getReader()
  await reader?.read()
  const waiting = reader?.read()
  await reader?.cancel()
  await waiting
  await vi.advanceTimersByTimeAsync(100_000)
  expect(ends).toEqual(['end'])
})

test('a reader that disconnects while a chunk is ready ends the generator', async () => {
  let isOver = false
  async function* chunks() {
    try {
      yield { first: true }
      yield { second: true }
    } finally {
      isOver = true
    }
  }
  const { response, ends } = await open(chunks())
  const reader = response.body?.getReader()
  await reader?.read()
  await vi.advanceTimersByTimeAsync(0)
  await reader?.cancel()
  await vi.advanceTimersByTimeAsync(0)
  expect([isOver, ends]).toEqual([true, ['end']])
})

async function* slowToBegin(ms: number, outcome: 'chunk' | 'error') {
  await new Promise((resolve) => setTimeout(resolve, ms))
  if (outcome === 'error') throw new ApiError(503, 'no capacity')
  yield { first: true }
}

test('begins a slow stream with comments', async () => {
  const opening = open(slowToBegin(31_000, 'chunk'))
  await vi.advanceTimersByTimeAsync(15_000)
  const text = (await opening).response.text()
  await vi.advanceTimersByTimeAsync(16_000)
  expect(await text).toBe(': ping\n\n: ping\n\ndata: {"first":true}\n\ndata: [DONE]\n\n')
})

test('sends no comments if the time is 0, and begins with the first chunk', async () => {
  const opening = open(slowToBegin(3_600_000, 'chunk'), 0)
  await vi.advanceTimersByTimeAsync(3_600_000)
  expect(await (await opening).response.text()).toBe('data: {"first":true}\n\ndata: [DONE]\n\n')
  const later = open(slow(3_600_000), 0)
  const text = (await later).response.text()
  await vi.advanceTimersByTimeAsync(3_600_000)
  expect(await text).not.toContain('ping')
})

test('throws an error before the stream begins, and sends it as an event afterwards', async () => {
  const early = expect(open(slowToBegin(14_900, 'error'))).rejects.toThrow('no capacity')
  await vi.advanceTimersByTimeAsync(14_900)
  await early
  const opening = open(slowToBegin(15_100, 'error'))
  await vi.advanceTimersByTimeAsync(15_000)
  const { response, ends } = await opening
  const text = response.text()
  await vi.advanceTimersByTimeAsync(100)
  expect(await text).toBe(
    ': ping\n\ndata: {"error":{"message":"no capacity","type":"server_error","param":null,"code":null}}\n\ndata: [DONE]\n\n',
  )
  expect(ends).toEqual([new ApiError(503, 'no capacity'), 'end'])
})
