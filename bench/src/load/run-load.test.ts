import { type Stack, startTinyStack } from '@tandem/test'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createChatWorkload, type WorkloadOptions } from './chat-workload.js'
import { type LoadOptions, runLoad } from './run-load.js'
import { summarizeLoad } from './summarize-load.js'

let stack: Stack
beforeAll(async () => {
  stack = await startTinyStack({ env: { TANDEM_MAX_CONCURRENT: '2', TANDEM_MAX_WAITING: '2' } })
})
afterAll(() => stack?.stop())

const level = { firstTokenMs: 60_000, perTokenMs: 60_000 }
const oneClient = { type: 'closed', clients: 1, rampMs: 0 } as const
const workload = (more: Partial<WorkloadOptions> = {}) =>
  createChatWorkload({
    model: 'tiny',
    decodings: [],
    tokens: 8,
    abortShare: 0,
    abortWithinMs: 20,
    wholeShare: 0,
    seed: 1,
    ...more,
  })
const run = (more: Pick<LoadOptions, 'arrivals'> & Partial<LoadOptions>) =>
  runLoad({
    url: stack.url,
    requestOf: workload(),
    warmUpMs: 0,
    measureMs: 1_000,
    timeoutMs: 120_000,
    seed: 1,
    signal: new AbortController().signal,
    ...more,
  })

test('closed: all answers complete with their tokens and times', async () => {
  const loaded = await run({ arrivals: { type: 'closed', clients: 2, rampMs: 0 } })
  const { outcomes, sent, firstTokenMs, interTokenMs } = summarizeLoad(loaded, level)
  expect(outcomes).toEqual({ completed: sent, refused: 0, failed: 0, incomplete: 0, aborted: 0 })
  expect(sent).toBeGreaterThan(1)
  for (const record of loaded.records) {
    expect(record).toMatchObject({ status: 200, outputTokens: 8, error: null })
    expect(record.promptTokens).toBeGreaterThan(5)
    expect(record.firstTokenMs).toBeGreaterThan(0)
    expect(record.endedAtMs - record.sentAtMs).toBeGreaterThanOrEqual(record.firstTokenMs ?? Number.NaN)
  }
  expect([firstTokenMs.count, interTokenMs.count > 0]).toEqual([sent, true])
})

test('open: above the limits the rest is refused with 429 and Retry-After', async () => {
  const loaded = await run({
    arrivals: { type: 'open', perSecond: 400, maxOpen: 10_000 },
    requestOf: workload({ tokens: 64 }),
  })
  const { statuses, withoutRetryAfter, outcomes, sent } = summarizeLoad(loaded, level)
  expect(Object.keys(statuses).sort()).toEqual(['200', '429'])
  expect(withoutRetryAfter).toBe(0)
  expect(outcomes.completed + outcomes.refused).toBe(sent)
})

test.each([0, 1])('clients that go away before the end (share of whole answers: %s)', async (wholeShare) => {
  const requestOf = workload({ abortShare: 1, wholeShare, tokens: 200 })
  const { outcomes } = summarizeLoad(await run({ arrivals: { ...oneClient, clients: 2 }, requestOf }), level)
  expect(outcomes.aborted).toBeGreaterThan(0)
  // A place is free again when the gateway has seen that its client has gone: a few are refused.
  expect(outcomes).toMatchObject({ completed: 0, failed: 0, incomplete: 0 })
})

test('a whole answer has its tokens and no first token', async () => {
  const loaded = await run({ arrivals: oneClient, requestOf: workload({ wholeShare: 1 }) })
  expect(loaded.records.length).toBeGreaterThan(0)
  for (const record of loaded.records)
    expect(record).toMatchObject({ outcome: 'completed', firstTokenMs: null, gapsMs: [], outputTokens: 8 })
})

test('each request to an unreachable server fails and says why', async () => {
  const url = 'http://127.0.0.1:1'
  const { records } = await run({ url, arrivals: { type: 'open', perSecond: 50, maxOpen: 10 }, measureMs: 200 })
  expect(records.length).toBeGreaterThan(0)
  for (const record of records)
    expect(record).toMatchObject({ outcome: 'failed', status: null, error: expect.stringContaining('ECONNREFUSED') })
})
