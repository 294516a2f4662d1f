import { CallLog } from '../contract/call-log.js'
import type { ServiceCall } from '../contract/service-call.js'
import type { Readout, Row, Rows, Session } from '../contract/session.js'

/** What a session needs of its set. */
export interface SessionHome {
  /** The model's name in the gateway. */
  readonly model: string
  /** The session of the present replica. */
  current(index: number): Session
  /**
   * Calls the session of the present replica. If the replica fails, it calls the session of the
   * next one, which holds the same tokens.
   */
  run<T>(index: number, call: (session: Session) => Promise<T>): Promise<T>
}

/**
 * A session that continues on another replica if its own is lost. Its place in its set is fixed:
 * what is there after a reorder is up to the set.
 */
export class FailoverSession implements Session {
  /** Calls of earlier replicas, and the times between two replicas. */
  private readonly earlierCalls = new CallLog()

  constructor(
    private readonly home: SessionHome,
    private readonly index: number,
  ) {}

  get position(): number {
    return this.inner.position
  }

  step(tokenIds: readonly number[], rows: Rows, readouts: readonly Readout[]): Promise<Row[]> {
    return this.home.run(this.index, (session) => session.step(tokenIds, rows, readouts))
  }

  readout(readouts: readonly Readout[]): Promise<Row> {
    return this.home.run(this.index, (session) => session.readout(readouts))
  }

  truncate(position: number): void {
    this.inner.truncate(position)
  }

  consumeCalls(): readonly ServiceCall[] {
    const earlier = this.earlierCalls.consume()
    const calls = this.inner.consumeCalls()
    return earlier.length === 0 ? calls : [...earlier, ...calls]
  }

  /** Keeps the calls of the present replica, before it is replaced. */
  keepCalls(): void {
    for (const call of this.inner.consumeCalls()) this.earlierCalls.push(call)
  }

  /**
   * Records the time from a call that failed until another replica took over. It counts as time on
   * the way, in which nothing was computed.
   */
  recordPause(sentMs: number): void {
    const times = { sentMs, receivedMs: performance.now(), queueUs: 0, computeUs: 0 }
    this.earlierCalls.push({ model: this.home.model, tokens: 0, isReplay: false, ...times })
  }

  private get inner(): Session {
    return this.home.current(this.index)
  }
}
