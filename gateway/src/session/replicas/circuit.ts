/** Consecutive failures after which a replica gets no new sessions. */
const maxFailures = 3
/** The first time without new sessions, in milliseconds. It doubles with each failed trial. */
const firstPauseMs = 1_000
const maxPauseMs = 30_000

/** Whether a replica gets new sessions: yes, no, or one on trial. */
export type CircuitState = 'closed' | 'open' | 'half-open'

/**
 * Ejects a replica that fails several times in a row. After a pause it is tried again: a success
 * closes the circuit, another failure makes the pause longer.
 *
 * It knows no clock: times are in milliseconds on any clock that does not go back.
 */
export class Circuit {
  /** Consecutive failures while the circuit was closed. */
  private failures = 0
  /** Consecutive pauses. 0: the circuit is closed. */
  private pauses = 0
  private openedMs = 0
  private pauseMs = 0

  /** @param random returns numbers from 0 to 1: pauses are spread by a quarter to both sides */
  constructor(private readonly random: () => number = Math.random) {}

  /** Whether it lets all sessions through. */
  get isClosed(): boolean {
    return this.pauses === 0
  }

  /**
   * @param isAlone whether no other replica takes sessions. The pause then is never longer than the
   *   first one, so that requests learn soon whether it works again.
   */
  stateAt(nowMs: number, isAlone: boolean): CircuitState {
    if (this.isClosed) return 'closed'
    return nowMs < this.trialMs(isAlone) ? 'open' : 'half-open'
  }

  /** When the circuit becomes half-open. Only for an open circuit. */
  trialMs(isAlone: boolean): number {
    return this.openedMs + (isAlone ? Math.min(this.pauseMs, firstPauseMs) : this.pauseMs)
  }

  /**
   * Counts a failure. Failures of sessions that began before the pause change nothing.
   * @returns whether the circuit opened
   */
  fail(nowMs: number, isAlone: boolean): boolean {
    const state = this.stateAt(nowMs, isAlone)
    if (state === 'open') return false
    if (state === 'closed' && ++this.failures < maxFailures) return false
    this.failures = 0
    this.pauses++
    this.openedMs = nowMs
    const spread = 0.75 + this.random() / 2
    this.pauseMs = Math.min(maxPauseMs, firstPauseMs * 2 ** Math.min(this.pauses - 1, 10) * spread)
    return true
  }

  /**
   * Counts a success. During a pause it changes nothing: it belongs to an older session.
   * @returns whether the circuit closed
   */
  succeed(nowMs: number, isAlone: boolean): boolean {
    if (this.stateAt(nowMs, isAlone) === 'open') return false
    const closes = this.pauses > 0
    this.failures = 0
    this.pauses = 0
    return closes
  }
}
