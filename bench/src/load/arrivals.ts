import { setTimeout as delay } from 'node:timers/promises'
import { drawInterval } from '../measure/random.js'

/**
 * When requests are sent. `closed`: this number of clients, each of which sends its next request
 * when it has its answer. `open`: requests arrive at random at a rate, whatever the server does.
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

/** Sends one request. Never rejects. */
export type Send = () => Promise<void>

/**
 * Sends requests for a time, then waits for the answers.
 * @param durationMs time in which requests are sent, in milliseconds
 * @returns the number of arrivals that were dropped
 */
export function sendAll(
  arrivals: Arrivals,
  send: Send,
  durationMs: number,
  random: () => number,
  signal: AbortSignal,
): Promise<number> {
  const end = performance.now() + durationMs
  return arrivals.type === 'closed'
    ? sendClosed(arrivals, send, end, signal)
    : sendOpen(arrivals, send, end, random, signal)
}

async function sendClosed(
  { clients, rampMs }: Extract<Arrivals, { type: 'closed' }>,
  send: Send,
  end: number,
  signal: AbortSignal,
): Promise<number> {
  const run = async (client: number) => {
    await delay((client * rampMs) / clients, undefined, { signal }).catch(() => undefined)
    while (performance.now() < end && !signal.aborted) await send()
  }
  await Promise.all(Array.from({ length: clients }, (_, client) => run(client)))
  return 0
}

async function sendOpen(
  { perSecond, maxOpen }: Extract<Arrivals, { type: 'open' }>,
  send: Send,
  end: number,
  random: () => number,
  signal: AbortSignal,
): Promise<number> {
  const open = new Set<Promise<void>>()
  let dropped = 0
  let next = performance.now()
  for (;;) {
    // From the last arrival's time, not from now: a late timer does not lower the rate.
    next += drawInterval(random, perSecond)
    if (next > end || signal.aborted) break
    const waitMs = next - performance.now()
    if (waitMs > 0) await delay(waitMs, undefined, { signal }).catch(() => undefined)
    if (open.size >= maxOpen) dropped++
    else {
      const one: Promise<void> = send().finally(() => open.delete(one))
      open.add(one)
    }
  }
  await Promise.all(open)
  return dropped
}
