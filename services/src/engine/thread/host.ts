import { ServiceError, statusCodes } from '../../errors.js'
import type { EngineDescription } from '../engine.js'
import { epochMs } from '../epoch-ms.js'
import type { Work, WorkOutcome } from '../work.js'
import type { HostMessage, WorkerMessage } from './messages.js'

/**
 * thread/ carries work and outcomes over a port; it does not know how work is scheduled or
 * computed.
 */

/** The part of a Worker or a MessagePort that the host uses. */
export interface HostPort {
  postMessage(message: HostMessage): void
  on(event: 'message', listener: (message: WorkerMessage) => void): unknown
}

/** Runs work and answers it. Another server could implement it in place of our engine. */
export interface LogitBackend {
  /**
   * @param signal aborted with a ServiceError: the work stops before its next forward
   * @throws ServiceError the signal's reason, or UNAVAILABLE if the engine has stopped
   */
  run(work: Work, signal: AbortSignal): Promise<WorkOutcome>
  /** Closes sessions once the work that uses them has ended. */
  closeSessions(sessionIds: readonly string[]): void
}

interface Pending {
  resolve(outcome: WorkOutcome): void
  reject(error: ServiceError): void
}

/**
 * The engine on the side of the event loop: one promise for each piece of work. The model runs
 * behind the port, in a worker thread.
 */
export class EngineHost implements LogitBackend {
  /** Resolves once the model is loaded; rejects if it cannot be loaded. */
  readonly ready: Promise<EngineDescription>
  private readonly pending = new Map<number, Pending>()
  private nextId = 0
  private deadReason: ServiceError | null = null
  private settleReady: { resolve: (description: EngineDescription) => void; reject: (error: Error) => void } | null =
    null

  constructor(private readonly port: HostPort) {
    this.ready = new Promise((resolve, reject) => {
      this.settleReady = { resolve, reject }
    })
    // A failure before the first await must not end the process as an unhandled rejection.
    this.ready.catch(() => undefined)
    port.on('message', (message) => this.receive(message))
  }

  run(work: Work, signal: AbortSignal): Promise<WorkOutcome> {
    if (signal.aborted) return Promise.reject(ServiceError.from(signal.reason))
    if (this.deadReason !== null) return Promise.reject(this.deadReason)
    const id = this.nextId++
    return new Promise((resolve, reject) => {
      const cancel = () => {
        this.pending.delete(id)
        const error = ServiceError.from(signal.reason)
        this.post({ type: 'work-cancel', id, failure: error.toFailure() })
        reject(error)
      }
      signal.addEventListener('abort', cancel, { once: true })
      const settled = <T>(settle: (value: T) => void) => {
        return (value: T) => {
          signal.removeEventListener('abort', cancel)
          settle(value)
        }
      }
      this.pending.set(id, { resolve: settled(resolve), reject: settled(reject) })
      this.post({ type: 'work-run', id, work, sentAtMs: epochMs() })
    })
  }

  closeSessions(sessionIds: readonly string[]): void {
    if (sessionIds.length > 0) this.post({ type: 'sessions-close', sessionIds })
  }

  /** Fails all work, now and from now on, because the worker has stopped. */
  fail(reason: string): void {
    if (this.deadReason !== null) return
    this.deadReason = new ServiceError(statusCodes.unavailable, `the engine has stopped: ${reason}`)
    this.settleReady?.reject(this.deadReason)
    for (const { reject } of this.pending.values()) reject(this.deadReason)
    this.pending.clear()
  }

  private post(message: HostMessage): void {
    if (this.deadReason === null) this.port.postMessage(message)
  }

  private receive(message: WorkerMessage): void {
    switch (message.type) {
      case 'engine-ready':
        this.settleReady?.resolve(message.description)
        return
      case 'engine-failed':
        this.settleReady?.reject(new Error(message.message))
        this.fail(message.message)
        return
      case 'work-done': {
        const waiting = this.pending.get(message.id)
        this.pending.delete(message.id)
        waiting?.resolve(message.outcome)
      }
    }
  }
}
