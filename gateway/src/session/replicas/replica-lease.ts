import { setMaxListeners } from 'node:events'
import type { GetModelResponse__Output } from '@tandem/proto'
import type { SessionError } from '../contract/session-error.js'
import type { Lease, Wish } from './lease.js'
import type { OpenedSession } from './room.js'
import type { WarmupSlot } from './warmup.js'

/** What a lease needs of its replica. */
export interface LeaseHome<Connection> {
  readonly connection: Connection
  readonly address: string
  shouldMove(lease: ReplicaLease<Connection>): boolean
  onSuccess(lease: ReplicaLease<Connection>, isFirst: boolean): void
  onFailure(error: SessionError): void
  onRelease(lease: ReplicaLease<Connection>): void
}

/** What a replica keeps of a lease. */
export interface LeaseRecord {
  readonly wish: Wish
  readonly model: GetModelResponse__Output
  readonly slot: WarmupSlot
  readonly opened: OpenedSession
}

/** A lease on one replica. After its release nothing that it is told counts. */
export class ReplicaLease<Connection> implements Lease<Connection> {
  /** Whether the replica has answered it. */
  hasAnswer = false
  private isReleased = false
  private readonly loss = new AbortController()

  constructor(
    private readonly home: LeaseHome<Connection>,
    readonly record: LeaseRecord,
  ) {
    // Each step of a request with many answers listens. Node warns of a leak from 11 listeners on.
    setMaxListeners(0, this.loss.signal)
  }

  get connection(): Connection {
    return this.home.connection
  }

  get address(): string {
    return this.home.address
  }

  get model(): GetModelResponse__Output {
    return this.record.model
  }

  get lost(): AbortSignal {
    return this.loss.signal
  }

  get shouldMove(): boolean {
    return !this.isReleased && this.home.shouldMove(this)
  }

  succeed(): void {
    if (this.isReleased) return
    const isFirst = !this.hasAnswer
    this.hasAnswer = true
    this.home.onSuccess(this, isFirst)
  }

  fail(error: SessionError): void {
    if (!this.isReleased) this.home.onFailure(error)
  }

  release(): void {
    if (this.isReleased) return
    this.isReleased = true
    this.home.onRelease(this)
  }

  /** Ends the work of the lease's holder. */
  lose(error: SessionError): void {
    this.loss.abort(error)
  }
}
