import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { RestartBackoff } from './restart-backoff.js'

const anyRandom = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
const limitsMs = [0, 500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000]

const delaysOf = (backoff: RestartBackoff, count: number) => Array.from({ length: count }, () => backoff.nextMs())

describe('RestartBackoff', () => {
  it('waits 0, 0.5, 1, 2 ... 30 s without jitter', () => {
    const almostOne = 1 - Number.EPSILON
    const delays = delaysOf(new RestartBackoff(() => almostOne), 10)
    expect(delays.map(Math.round)).toEqual([...limitsMs, 30_000, 30_000])
  })

  it('waits from half of each delay to the whole delay, for any jitter', () => {
    fc.assert(
      fc.property(fc.array(anyRandom, { minLength: 20, maxLength: 100 }), (draws) => {
        const random = draws.values()
        const backoff = new RestartBackoff(() => random.next().value ?? 0)
        for (const [i, delayMs] of delaysOf(backoff, draws.length).entries()) {
          const limitMs = limitsMs[i] ?? 30_000
          expect(delayMs).toBeGreaterThanOrEqual(limitMs / 2)
          expect(delayMs).toBeLessThanOrEqual(limitMs)
        }
      }),
    )
  })

  it('draws different delays for processes that end together', () => {
    const [one, other] = [new RestartBackoff(), new RestartBackoff()]
    expect(delaysOf(one, 8).slice(1)).not.toEqual(delaysOf(other, 8).slice(1))
  })

  it('begins again only after the process has served for 10 seconds', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 0, max: 20_000 }), (restarts, servedMs) => {
        const backoff = new RestartBackoff(() => 0)
        delaysOf(backoff, restarts)
        backoff.endedAfter(servedMs)
        expect(backoff.nextMs()).toBe(servedMs >= 10_000 ? 0 : (limitsMs[restarts] ?? 30_000) / 2)
      }),
    )
  })
})
