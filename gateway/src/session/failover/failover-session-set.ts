import type { Session, SessionSet } from '../contract/session.js'
import { SessionError } from '../contract/session-error.js'
import type { GrpcSessionSet, Sequences } from '../grpc/grpc-session-set.js'
import { Sequence } from '../grpc/sequence.js'
import { type Failover, type OnFailover, reportFailover } from './failover.js'
import { FailoverSession, type SessionHome } from './failover-session.js'
import { recoveryOf } from './recovery.js'
import type { ReplayBudget } from './replay-budget.js'

/** The sessions of a set on one replica. */
export interface Placement {
  readonly address: string
  readonly set: GrpcSessionSet
  /** Whether the sessions should continue on another replica. */
  readonly shouldMove: boolean
  /** Asks not to be moved for a while: no other replica takes the sessions. */
  stay(): void
  /** Reports that the replica has answered. */
  succeed(): void
  /** Reports that the replica has failed. */
  fail(error: SessionError): void
  /** Closes the sessions, and ends the use of the replica. It is safe to call twice. */
  close(): void
}

/** What a set needs to continue elsewhere. */
export interface FailoverOptions {
  /** The model's name in the gateway. */
  readonly model: string
  readonly signal: AbortSignal
  readonly budget: ReplayBudget
  readonly onFailover?: OnFailover | undefined
  /**
   * Finds a replica.
   * @param avoid address of a replica that is used only if there is no other
   * @param othersNow whether only another one will do, which is ready now
   * @throws SessionError if no replica is ready in time
   */
  find(avoid: string, othersNow: boolean): Promise<Vacancy>
}

/** A call that failed, and the placement that it was sent to. */
interface FailedCall {
  readonly placement: Placement
  readonly sentMs: number
  readonly error: unknown
}

/** A replica that is ready for sessions. */
export interface Vacancy {
  readonly address: string
  /** Opens the sessions. It is synchronous, so that no call changes what they hold meanwhile. */
  open(sequences: Sequences): Placement
}

/**
 * Sessions of one model on one replica. If the replica fails or shuts down, they continue on
 * another replica or on its successor, where all their tokens are sent again. Callers notice only a
 * pause.
 */
export class FailoverSessionSet implements SessionSet, SessionHome {
  readonly model: string
  private members: [FailoverSession, ...FailoverSession[]]
  /** Resolves when the sessions have been placed again, or cannot be. Never rejects. */
  private moving: Promise<void> | null = null
  /** Why the sessions cannot continue. */
  private failure: SessionError | null = null
  private placement: Placement
  private running = 0
  private isClosed = false

  /** @param first where the set starts, with one empty session */
  constructor(
    private readonly options: FailoverOptions,
    first: Vacancy,
  ) {
    this.model = options.model
    this.members = [new FailoverSession(this, 0)]
    this.placement = first.open([Sequence.empty()])
  }

  get sessions(): readonly [Session, ...Session[]] {
    return this.members
  }

  reorder(parents: readonly number[]): void {
    this.placement.set.reorder(parents)
    const [first] = this.members
    this.members = [first, ...parents.slice(1).map((_, i) => this.members[i + 1] ?? new FailoverSession(this, i + 1))]
  }

  close(): void {
    this.isClosed = true
    this.placement.close()
  }

  current(index: number): Session {
    return sessionAt(this.placement.set.sessions, index)
  }

  async run<T>(index: number, call: (session: Session) => Promise<T>): Promise<T> {
    if (this.running === 0 && this.placement.shouldMove) this.moving ??= this.begin(() => this.leave())
    for (;;) {
      if (this.moving) await this.moving
      if (this.failure) throw this.failure
      const { placement } = this
      const sentMs = performance.now()
      try {
        const result = await this.count(call(this.current(index)))
        placement.succeed()
        // The sessions were placed again while the call ran: its tokens are not there.
        if (placement === this.placement) return result
      } catch (error) {
        if (placement === this.placement) await this.recover({ placement, sentMs, error })
      }
      sessionAt(this.members, index).recordPause(sentMs)
    }
  }

  private async count<T>(call: Promise<T>): Promise<T> {
    this.running++
    try {
      return await call
    } finally {
      this.running--
    }
  }

  /** @throws the error if the work cannot continue */
  private async recover(failed: FailedCall): Promise<void> {
    const { error } = failed
    if (recoveryOf(error) === 'nowhere' || this.isClosed || this.options.signal.aborted) throw error
    // Other calls of the set fail at the same time: the first one replaces the replica.
    this.moving ??= this.begin(() => this.replace(failed, error as SessionError))
    await this.moving
  }

  private begin(work: () => Promise<void>): Promise<void> {
    return work().finally(() => {
      this.moving = null
    })
  }

  private async replace({ placement, sentMs }: FailedCall, error: SessionError): Promise<void> {
    const { budget, find } = this.options
    placement.fail(error)
    const onlyElsewhere = recoveryOf(error) === 'elsewhere'
    try {
      await this.move(placement.address, error.code, sentMs, async () => {
        if (!budget.spend()) throw error
        return find(placement.address, onlyElsewhere)
      })
    } catch (failure) {
      this.failure = failure instanceof SessionError && !onlyElsewhere ? failure : error
    }
  }

  /**
   * Leaves a replica that shuts down. If no other one takes the sessions now, they stay for a
   * while.
   */
  private async leave(): Promise<void> {
    const { placement } = this
    try {
      await this.move(placement.address, 'draining', performance.now(), () =>
        this.options.find(placement.address, true),
      )
    } catch {
      placement.stay()
    }
  }

  private async move(
    from: string,
    reason: Failover['reason'],
    startMs: number,
    find: () => Promise<Vacancy>,
  ): Promise<void> {
    const { onFailover, model } = this.options
    await reportFailover(onFailover, { model, reason, from, startMs }, async () => {
      const next = await find()
      this.take(next)
      return next
    })
  }

  private take(next: Vacancy): void {
    for (const member of this.members) member.keepCalls()
    const sequences = this.placement.set.copySequences()
    this.placement.close()
    this.placement = next.open(sequences)
    if (this.isClosed) this.placement.close()
  }
}

function sessionAt<S>(sessions: readonly S[], index: number): S {
  const session = sessions[index]
  if (session === undefined) throw new RangeError(`session ${index} does not exist: the set has ${sessions.length}`)
  return session
}
