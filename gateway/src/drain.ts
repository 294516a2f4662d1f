import type { Server } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import { SessionError } from './session/contract/session-error.js'

/** Interval at which connections without a request are closed, in milliseconds. */
const idleCheckMs = 50
/** Time for the last error event of open streams to reach their clients, in milliseconds. */
const lastEventMs = 100

/**
 * Stops a server: accepts no new connections, gives open answers their time, then ends them.
 * @param stopping aborted when the time of open answers is over
 * @param drainMs time for open answers to finish, in milliseconds
 */
export async function drain(server: Server, stopping: AbortController, drainMs: number): Promise<void> {
  const closed = new Promise<void>((resolve) => {
    server.close(() => resolve())
  })
  server.closeIdleConnections()
  const idleCheck = setInterval(() => server.closeIdleConnections(), idleCheckMs)
  const timer = new AbortController()
  const limit = delay(drainMs, undefined, { signal: timer.signal }).catch(() => undefined)
  await Promise.race([closed, limit])
  stopping.abort(new SessionError('unavailable', 'the gateway is stopping'))
  await Promise.race([closed, delay(lastEventMs)])
  server.closeAllConnections()
  clearInterval(idleCheck)
  timer.abort()
}
