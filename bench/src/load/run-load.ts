import { Agent } from 'node:http'
import { createRandom } from '../measure/random.js'
import { type Arrivals, sendAll } from './arrivals.js'
import type { RequestRecord } from './request-record.js'
import { type LoadRequest, sendRequest } from './send-request.js'

/** A load on a server. */
export interface LoadOptions {
  /** The URL of the server, without a path. */
  readonly url: string
  readonly apiKey?: string
  readonly arrivals: Arrivals
  /** Creates the request with this number. */
  readonly requestOf: (index: number) => LoadRequest
  /** Time before the measured window, in milliseconds. Its requests are not reported. */
  readonly warmUpMs: number
  /** The measured window, in milliseconds. */
  readonly measureMs: number
  /** Maximum time of a request, in milliseconds. */
  readonly timeoutMs: number
  readonly seed: number
  /** Ends the load at once. */
  readonly signal: AbortSignal
}

/** What was measured. */
export interface LoadRun {
  /** All requests, also those outside the window, in the order of their ends. */
  readonly records: readonly RequestRecord[]
  /** The measured window, on the clock of `performance.now`. */
  readonly window: { readonly fromMs: number; readonly toMs: number }
  /** When the limit of this client kept arrivals back, on the clock of `performance.now`. */
  readonly droppedAtMs: readonly number[]
}

/** More connections than any load needs: the server's limits are measured, not the client's. */
const maxSockets = 20_000

/**
 * Sends requests during the warm-up and the window, then waits for their answers.
 * @param onRecord called with each record when its request has ended
 */
export async function runLoad(
  options: LoadOptions,
  onRecord: (record: RequestRecord) => void = () => undefined,
): Promise<LoadRun> {
  const { arrivals, requestOf, warmUpMs, measureMs, seed, signal } = options
  const agent = new Agent({ keepAlive: true, maxSockets, maxFreeSockets: 256 })
  const send = { url: options.url, apiKey: options.apiKey ?? null, timeoutMs: options.timeoutMs, agent, signal }
  const records: RequestRecord[] = []
  let index = 0
  const sendNext = async () => {
    const record = await sendRequest(requestOf(index++), send)
    records.push(record)
    onRecord(record)
  }
  const fromMs = performance.now() + warmUpMs
  try {
    const droppedAtMs = await sendAll(arrivals, sendNext, warmUpMs + measureMs, createRandom(seed), signal)
    return { records, window: { fromMs, toMs: fromMs + measureMs }, droppedAtMs }
  } finally {
    agent.destroy()
  }
}
