import { setTimeout as delay } from 'node:timers/promises'
import fc from 'fast-check'
import { afterEach, expect, test } from 'vitest'
import { joinEngine, never, ToyEngine } from '../engine/testing/index.js'
import type { EngineSettings } from '../engine/thread/serve-engine.js'
import { ServiceError, statusCodes } from '../errors.js'
import { Scorer, withoutPadding } from './scorer.js'

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup()
})

/**
 * A scorer over an engine whose rows are one number: a hash of the tokens before it, read back from
 * the cache.
 */
function createScorer(settings: Partial<EngineSettings> = {}, maxQueue = 256) {
  const engine = new ToyEngine(1)
  const { host, stats, close } = joinEngine(engine, {
    maxSessions: 4,
    maxPrompts: 4,
    maxBatch: 4,
    prefillChunk: 9,
    ...settings,
  })
  cleanups.push(close)
  const scorer = new Scorer(host, { vocabularySize: 32, contextLength: 64, padTokenId: 0 }, maxQueue)
  return { engine, stats, scorer }
}

const upTo = (length: number, first = 1) => Array.from({ length }, (_, i) => first + (i % 27))

test('a sequence has the same score by itself and among others, in any order', async () => {
  const sequence = fc.array(fc.integer({ min: 1, max: 31 }), { minLength: 1, maxLength: 60 })
  await fc.assert(
    fc.asyncProperty(fc.array(sequence, { minLength: 1, maxLength: 9 }), async (sequences) => {
      const { scorer } = createScorer()
      const alone = []
      for (const ids of sequences) alone.push(...(await scorer.score([ids], never())))
      expect(await scorer.score(sequences, never())).toEqual(alone)
      const calls = await Promise.all(sequences.map((ids) => scorer.score([ids, ids], never())))
      expect(calls).toEqual(alone.map((score) => [score, score]))
    }),
    { numRuns: 40 },
  )
})

test('runs long sequences together, up to the batch limit', async () => {
  const { engine, scorer } = createScorer()
  await scorer.score([upTo(27, 1), upTo(27, 2), upTo(27, 3), upTo(27, 4), upTo(27, 5)], never())
  expect(engine.batches.slice(0, 3)).toEqual([4, 4, 4])
})

test('ignores padding at the end of a sequence', async () => {
  const { scorer } = createScorer()
  const [plain, padded] = await scorer.score(
    [
      [5, 6, 7],
      [5, 6, 7, 0, 0],
    ],
    never(),
  )
  expect(padded).toBe(plain)
  expect([...withoutPadding([0, 5, 0, 6, 0], 0)]).toEqual([0, 5, 0, 6])
  expect([...withoutPadding([0, 0, 0], 0)]).toEqual([0])
  expect([...withoutPadding([5, 0], null)]).toEqual([5, 0])
})

test.each([
  [[], 'sequences: found 0, expected 1 to 64'],
  [Array.from({ length: 65 }, () => [1]), 'sequences: found 65, expected 1 to 64'],
  [[[1], []], 'sequences[1] has 0 tokens: expected 1 to 64'],
  [[upTo(65)], 'sequences[0] has 65 tokens: expected 1 to 64'],
  [[[1, 32]], 'sequences[0].ids[1] is 32: expected an id below 32'],
])('refuses %j', async (sequences, message) => {
  const { engine, scorer } = createScorer()
  await expect(scorer.score(sequences, never())).rejects.toMatchObject({ code: statusCodes.invalidArgument, message })
  expect(engine.runs).toEqual([])
})

test('refuses a call that exceeds the queue, and continues the waiting calls', async () => {
  const { scorer } = createScorer({}, 3)
  const first = scorer.score([upTo(20), upTo(30)], never())
  await expect(scorer.score([[1], [2]], never())).rejects.toMatchObject({
    code: statusCodes.resourceExhausted,
    message:
      'the queue is full: 2 sequences are waiting, and 2 more exceed the limit of 3 (TANDEM_MAX_QUEUE). Retry later',
  })
  expect(await scorer.score([[1]], never())).toHaveLength(1)
  expect(await first).toHaveLength(2)
})

test('ends an aborted call at the next run and frees its place in the queue', async () => {
  const { engine, scorer } = createScorer({ maxSessions: 2 }, 4)
  const controller = new AbortController()
  const gone = new ServiceError(statusCodes.cancelled, 'the client has disconnected')
  engine.beforeRun = () => {
    if (engine.runs.length === 2) controller.abort(gone)
    return delay(5)
  }
  const call = scorer.score([upTo(60, 1), upTo(60, 2), upTo(60, 3), upTo(60, 4)], controller.signal)
  await expect(call).rejects.toBe(gone)
  const seen = engine.runs.length
  await scorer.score([[1], [2], [3]], never())
  // The current run, and the three sequences.
  expect(engine.runs.length - seen).toBeLessThanOrEqual(2 + 3)
})

test('a failed sequence fails the call with its reason, and the remaining work is dropped', async () => {
  const { engine, stats, scorer } = createScorer({ maxPrompts: 1, maxBatch: 1 })
  engine.beforeRun = ({ tokenIds }) => {
    if (tokenIds[0] === 9) throw new Error('out of luck')
  }
  await expect(scorer.score([[9], upTo(60), upTo(60)], never())).rejects.toMatchObject({ code: statusCodes.internal })
  await expect.poll(() => stats.read()).toMatchObject({ queueLength: 0, sessions: 0 })
  // The two long sequences have 14 runs.
  expect(engine.runs.length).toBeLessThan(6)
})

test('refuses a sequence that cannot fit into memory at once', async () => {
  const { scorer } = createScorer({ maxBytes: 200 })
  expect(await scorer.score([upTo(5)], never())).toHaveLength(1)
  await expect(scorer.score([upTo(64)], never())).rejects.toMatchObject({ code: statusCodes.resourceExhausted })
})
