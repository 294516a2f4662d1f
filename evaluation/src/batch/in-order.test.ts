import { assert, asyncProperty, integer, nat, scheduler } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { collect } from '../testing/collect.js'
import { mapInOrder } from './in-order.js'

async function* count(total: number) {
  for (let i = 0; i < total; i++) yield i
}
const { signal } = new AbortController()

describe('mapInOrder', () => {
  it('keeps the order and both bounds, in whichever order the work ends', () =>
    assert(
      asyncProperty(
        scheduler(),
        nat(20),
        integer({ min: 1, max: 5 }),
        nat(6),
        async (schedule, total, concurrency, more) => {
          const window = concurrency + more
          const begun: number[] = []
          let open = 0
          let read = 0
          const work = async (item: number) => {
            begun.push(item)
            expect(++open).toBeLessThanOrEqual(concurrency)
            expect(item - read).toBeLessThan(window)
            await schedule.schedule(Promise.resolve())
            open--
            return item * 2
          }
          const results: number[] = []
          const reading = (async () => {
            for await (const result of mapInOrder(count(total), { concurrency, window }, work, signal)) {
              results.push(result)
              read++
            }
          })()
          await schedule.waitFor(reading)
          expect(results).toEqual(Array.from({ length: total }, (_, i) => i * 2))
          expect(begun).toEqual(results.map((result) => result / 2))
        },
      ),
      { numRuns: 60 },
    ))

  it('an error ends the other work, after the results before it', async () => {
    const aborted: number[] = []
    const work = async (item: number, either: AbortSignal) => {
      if (item < 2) return item
      if (item === 3) throw new Error('item 3 is broken')
      return new Promise<number>((_, reject) => {
        either.addEventListener('abort', () => {
          aborted.push(item)
          reject(either.reason)
        })
      })
    }
    const results: number[] = []
    const reading = (async () => {
      for await (const result of mapInOrder(count(9), { concurrency: 5, window: 9 }, work, signal)) results.push(result)
    })()
    await expect(reading).rejects.toThrow('item 3 is broken')
    expect(results).toEqual([0, 1])
    expect(aborted).toContain(2)
  })

  it("ends with the signal's reason, also before any work", async () => {
    const controller = new AbortController()
    const hang = (_: number, either: AbortSignal) =>
      new Promise<number>((_resolve, reject) => either.addEventListener('abort', () => reject(either.reason)))
    const reading = collect(mapInOrder(count(3), { concurrency: 2, window: 4 }, hang, controller.signal))
    controller.abort(new Error('stopped'))
    await expect(reading).rejects.toThrow('stopped')
    const late = collect(mapInOrder(count(3), { concurrency: 2, window: 4 }, hang, controller.signal))
    await expect(late).rejects.toThrow('stopped')
  })

  it('stops the work and the source when the reader stops', async () => {
    let isClosed = false
    async function* source() {
      try {
        yield* count(100)
      } finally {
        isClosed = true
      }
    }
    const signals: AbortSignal[] = []
    const work = async (item: number, either: AbortSignal) => {
      signals.push(either)
      return item
    }
    for await (const result of mapInOrder(source(), { concurrency: 2, window: 4 }, work, signal))
      if (result === 1) break
    expect(isClosed).toBe(true)
    expect(signals.every((each) => each.aborted)).toBe(true)
    expect(signals.length).toBeLessThan(20)
  })

  it('an error of the source ends it', async () => {
    async function* broken() {
      yield 1
      throw new Error('the source is broken')
    }
    const reading = collect(mapInOrder(broken(), { concurrency: 1, window: 1 }, async (item) => item, signal))
    await expect(reading).rejects.toThrow('the source is broken')
  })
})
