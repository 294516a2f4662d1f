import { setTimeout as delay } from 'node:timers/promises'
import { drawInterval } from '../measure/random.js'
import { type RateStage, timeOfArrival } from './rate-stages.js'

/**
 * When requests are sent. `closed`: this number of clients, each of which sends its next request
 * when it has its answer. `open`: requests arrive at random at a rate, whatever the server does.
 * `stages`: the same at rates that follow one another.
 */
export type Arrivals =
  | {
      readonly type: 'closed'
      readonly clients: number
      /**
       * Time over which the clients start, in milliseconds. If all start at once, their answers
       * also end at once, and a short window counts whole waves of them.
       */
      readonly rampMs: number
    }
  | {
      readonly type: 'open'
      readonly perSecond: number
      /** Maximum number of unanswered requests. An arrival above it is dropped and counted. */
      readonly maxOpen: number
    }
  | {
      readonly type: 'stages'
      readonly stages: readonly RateStage[]
      /** As for `open`. */
      readonly maxOpen: number
    }

/** Sends one request. Never rejects. */
export type Send = () => Promise<void>

/**
 * Sends requests for a time, then waits for the answers.
 * @param durationMs time in which requests are sent, in milliseconds
 * @returns when arrivals were dropped, on the clock of `performance.now`
 */
export function sendAll(
  arrivals: Arrivals,
  send: Send,
  durationMs: number,
  random: () => number,
  signal: AbortSignal,
): Promise<readonly number[]> {
  const end = performance.now() + durationMs
  if (arrivals.type === 'closed') return sendClosed(arrivals, send, end, signal)
  const { maxOpen } = arrivals
  const stages =
    arrivals.type === 'stages'
      ? arrivals.stages
      : [{ perSecond: arrivals.perSecond, seconds: Number.POSITIVE_INFINITY }]
  return sendOpen(stages, maxOpen, send, end, random, signal)
}

async function sendClosed(
  { clients, rampMs }: Extract<Arrivals, { type: 'closed' }>,
  send: Send,
  end: number,
  signal: AbortSignal,
): Promise<readonly number[]> {
  const run = async (client: number) => {
    await delay((client * rampMs) / clients, undefined, { signal }).catch(() => undefined)
    while (performance.now() < end && !signal.aborted) await send()
  }
  await Promise.all(Array.from({ length: clients }, (_, client) => run(client)))
  return []
}

async function sendOpen(
  stages: readonly RateStage[],
  maxOpen: number,
  send: Send,
  end: number,
  random: () => number,
  signal: AbortSignal,
): Promise<readonly number[]> {
  const open = new Set<Promise<void>>()
  const droppedAtMs: number[] = []
  const start = performance.now()
  let next = start
  for (;;) {
    // From the last arrival's time, not from now: a late timer does not lower the rate.
    next = start + timeOfArrival(stages, next - start, drawInterval(random, 1) / 1000)
    if (next > end || signal.aborted) break
    const waitMs = next - performance.now()
    if (waitMs > 0) await delay(waitMs, undefined, { signal }).catch(() => undefined)
    if (open.size >= maxOpen) droppedAtMs.push(next)
    else {
      const one: Promise<void> = send().finally(() => open.delete(one))
      open.add(one)
    }
  }
  await Promise.all(open)
  return droppedAtMs
}
