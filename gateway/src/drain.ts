import type { Server } from 'node:http'
import { setTimeout as delay, setImmediate as nextPoll } from 'node:timers/promises'
import type { OpenRequests } from './open-requests.js'
import type { GatewayStage } from './routes/gateway-stage.js'
import { SessionError } from './session/contract/session-error.js'

/** Interval at which connections without a request are closed, in milliseconds. */
const idleCheckMs = 50
/** Time for the last bytes to reach their clients, in milliseconds. */
const lastBytesMs = 100
/** Time for clients that have just connected to send their request and get its refusal. */
const refusalMs = 1_000

/** The server to drain, and its time. */
export interface DrainOptions {
  readonly server: Server
  readonly requests: OpenRequests
  readonly stage: GatewayStage
  /** Aborted when the time of open answers is over. */
  readonly stopping: AbortController
  /**
   * Time in which the server still accepts requests, in milliseconds: load balancers learn only
   * after a while that it is not ready.
   */
  readonly delayMs: number
  /** Time for open answers to finish after the delay, in milliseconds. */
  readonly drainMs: number
}

/**
 * Stops a server. From now on it is not ready. After the delay it refuses new requests with 503,
 * and it listens until all answers that it accepted have left or their time is over.
 */
export async function drain({ server, requests, stage, stopping, delayMs, drainMs }: DrainOptions): Promise<void> {
  stage.current = 'leaving'
  requests.closeConnections()
  await delay(delayMs)
  stage.current = 'refusing'
  server.closeIdleConnections()
  const idleCheck = setInterval(() => server.closeIdleConnections(), idleCheckMs)
  const left = requests.haveLeft()
  await atMost(drainMs, left)
  stopping.abort(new SessionError('unavailable', 'the gateway is stopping'))
  await atMost(lastBytesMs, left)
  clearInterval(idleCheck)
  await close(server)
}

/** Closes the listener. Refusals that are being written get a short time. */
async function close(server: Server): Promise<void> {
  await acceptWaiting(server)
  const closed = new Promise<void>((resolve) => {
    server.close(() => resolve())
  })
  server.closeIdleConnections()
  await atMost(refusalMs, closed)
  server.closeAllConnections()
  await closed
}

/**
 * Accepts the connections that the system holds for the listener: they would be reset when it
 * closes. A turn of the event loop accepts only one (libuv 1.45 and later), and the first turn may
 * have looked for connections already.
 */
async function acceptWaiting(server: Server): Promise<void> {
  let accepted = 0
  const count = () => {
    accepted += 1
  }
  server.on('connection', count)
  const endsAt = performance.now() + refusalMs
  await nextPoll()
  for (let before = -1; before !== accepted && performance.now() < endsAt; ) {
    before = accepted
    await nextPoll()
  }
  server.off('connection', count)
}

/** Waits until something is done, or for a time in milliseconds. */
async function atMost(ms: number, done: Promise<void>): Promise<void> {
  const timer = new AbortController()
  const limit = delay(ms, undefined, { signal: timer.signal }).catch(() => undefined)
  await Promise.race([done, limit])
  timer.abort()
}
