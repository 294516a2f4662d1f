import type { ServiceCall } from './service-call.js'

/** A step of the decode loop makes a few calls, so the limit is reached only if nobody consumes. */
const maxHeldCalls = 1024
const none: readonly ServiceCall[] = []

/**
 * The calls of a session until they are consumed. It keeps only the latest ones, so that a caller
 * that never consumes them does not fill the memory.
 */
export class CallLog {
  private calls: ServiceCall[] = []

  /** Adds an answered call. */
  push(call: ServiceCall): void {
    if (this.calls.length === maxHeldCalls) this.calls.shift()
    this.calls.push(call)
  }

  /** Returns the calls since the last time, in the order of their answers. */
  consume(): readonly ServiceCall[] {
    if (this.calls.length === 0) return none
    const { calls } = this
    this.calls = []
    return calls
  }
}
