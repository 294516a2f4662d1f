import { randomUUID } from 'node:crypto'
import type { Session, SessionSet } from '../contract/session.js'
import { GrpcSession, type GrpcSessionOptions } from './grpc-session.js'
import { Sequence } from './sequence.js'
import { type SessionOps, toSessionOps } from './session-ops.js'
import type { StepChannel, StepSender } from './step-sender.js'

/** The tokens of each session of a set. */
export type Sequences = readonly [Sequence, ...Sequence[]]

/** Sessions of one model, over a stream that several sets can share. */
export class GrpcSessionSet implements SessionSet {
  private readonly channel: StepChannel
  private members: [GrpcSession, ...GrpcSession[]]
  /** Ids of the members and of closed sessions, which are used again. */
  private readonly ids: string[] = []
  /** Number of `ids`, from the first, that the service has sessions for. */
  private sentCount: number
  /**
   * The parent of each member among the service's sessions; null if nothing
   * has changed since the last message.
   */
  private parents: readonly number[] | null = null

  /**
   * @param sequences what the sessions hold from the start, which the service does not know yet.
   *   Default: one empty session
   */
  constructor(
    private readonly options: GrpcSessionOptions,
    sender: StepSender,
    sequences: Sequences = [Sequence.empty()],
  ) {
    this.channel = sender.open({ ...options, consumeOps: () => this.consumeOps() })
    const [first, ...others] = sequences
    const create = (sequence: Sequence, i: number) => this.create(i, sequence, sequence.length === 0)
    this.members = [create(first, 0), ...others.map((sequence, i) => create(sequence, i + 1))]
    this.sentCount = this.members.length
  }

  get sessions(): readonly [Session, ...Session[]] {
    return this.members
  }

  /** Copies of what the sessions hold. */
  copySequences(): Sequences {
    const [first, ...others] = this.members
    return [first.sequence.copy(), ...others.map(({ sequence }) => sequence.copy())]
  }

  reorder(parents: readonly number[]): void {
    const held = parents.map((parent) => {
      const { sequence, isHeld } = this.member(parent)
      return { sequence: sequence.copy(), isHeld }
    })
    const [first, ...others] = held.map((own, i) => Object.assign(this.members[i] ?? this.create(i), own))
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

  private create(index: number, sequence?: Sequence, isHeld?: boolean): GrpcSession {
    this.ids[index] ??= randomUUID()
    return new GrpcSession(this.ids[index], this.options, this.channel, sequence, isHeld)
  }

  private member(index: number): GrpcSession {
    const session = this.members[index]
    if (!session) throw new RangeError(`parent ${index} does not exist: the set has ${this.members.length} sessions`)
    return session
  }
}
