import type { Arrivals } from '../load/arrivals.js'
import { createChatWorkload } from '../load/chat-workload.js'
import { type LoadRun, runLoad } from '../load/run-load.js'
import type { LoadArguments } from './arguments.js'
import type { LoadTarget } from './load-target.js'

/** Longer than the gateway lets a request take. */
const timeoutMs = 330_000

/** Sends streams for a warm-up and some seconds, then waits for their ends. */
export type SendLoad = (arrivals: Arrivals, seconds: number) => Promise<LoadRun>

/** Creates what sends the loads of a profile, one after the other. */
export function createSendLoad(args: LoadArguments, { url, model, apiKey }: LoadTarget, signal: AbortSignal): SendLoad {
  const { strategies, tokens, abortShare, abortWithinMs, seed, warmUpSeconds } = args
  const decodings = strategies.map((strategy) => ({ strategy }))
  const requestOf = createChatWorkload({ model, decodings, tokens, abortShare, abortWithinMs, wholeShare: 0, seed })
  const key = apiKey === null ? {} : { apiKey }
  let sent = 0
  return async (arrivals, seconds) => {
    const first = sent
    const run = await runLoad({
      url,
      ...key,
      arrivals,
      // Requests of a later load do not find the prompts of an earlier one in the prefix cache.
      requestOf: (index) => requestOf(first + index),
      warmUpMs: 1000 * warmUpSeconds,
      measureMs: 1000 * seconds,
      timeoutMs,
      seed,
      signal,
    })
    sent += run.records.length
    signal.throwIfAborted()
    return run
  }
}
