import { randomUUID } from 'node:crypto'
import type { Session, SessionSet } from '../contract/session.js'
import { GrpcSession, type GrpcSessionOptions } from './grpc-session.js'
import { type SessionOps, toSessionOps } from './session-ops.js'
import type { StepChannel, StepSender } from './step-sender.js'

/** Sessions of one model, over a stream that several sets can share. */
export class GrpcSessionSet implements SessionSet {
  private readonly channel: StepChannel
  private members: [GrpcSession, ...GrpcSession[]]
  /** Ids of the members and of closed sessions, which are used again. */
  private readonly ids: string[] = []
  /** Number of `ids`, from the first, that the service has sessions for. */
  private sentCount = 1
  /**
   * The parent of each member among the service's sessions; null if nothing
   * has changed since the last message.
   */
  private parents: readonly number[] | null = null

  constructor(
    private readonly options: GrpcSessionOptions,
    sender: StepSender,
  ) {
    this.channel = sender.open({ ...options, consumeOps: () => this.consumeOps() })
    this.members = [this.create(0)]
  }

  get sessions(): readonly [Session, ...Session[]] {
    return this.members
  }

  reorder(parents: readonly number[]): void {
    const sequences = parents.map((parent) => this.member(parent).sequence.copy())
    const [first, ...others] = sequences.map((sequence, i) => {
      const session = this.members[i] ?? this.create(i)
      session.sequence = sequence
      return session
    })
    if (!first) throw new RangeError('found no parents: a reorder needs at least one')
    const before = this.parents
    this.parents = before ? parents.map((parent) => before[parent] ?? parent) : parents
    this.members = [first, ...others]
  }

  close(): void {
    this.channel.close()
  }

  private consumeOps(): SessionOps | null {
    if (!this.parents) return null
    const ops = toSessionOps(this.ids, this.sentCount, this.parents)
    this.sentCount = this.parents.length
    this.parents = null
    return ops
  }

  private create(index: number): GrpcSession {
    this.ids[index] ??= randomUUID()
    return new GrpcSession(this.ids[index], this.options, this.channel)
  }

  private member(index: number): GrpcSession {
    const session = this.members[index]
    if (!session) throw new RangeError(`parent ${index} does not exist: the set has ${this.members.length} sessions`)
    return session
  }
}
