import { randomUUID } from 'node:crypto'
import { GrpcSession, type SequenceOptions } from './grpc-session.js'
import { type Deal, toDeal } from './session-ops.js'
import type { Session, SessionSet } from './session.js'
import type { StepSeat, StepSender } from './step-sender.js'

/** Sessions of one model, over a stream that others may share. */
export class GrpcSessionSet implements SessionSet {
  private readonly seat: StepSeat
  private members: [GrpcSession, ...GrpcSession[]]
  /** Of the members, and of those that were closed: they are used again. */
  private readonly ids: string[] = []
  /** How many of `ids`, from the first, the service has been told of. */
  private toldCount = 1
  /** Of the members among those that the service has been told of; null: they are the same. */
  private parents: readonly number[] | null = null

  constructor(
    private readonly options: SequenceOptions,
    sender: StepSender,
  ) {
    this.seat = sender.join({ service: options.service, takeDeal: () => this.takeDeal() })
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
    if (!first) throw new RangeError('a reorder needs parents')
    const before = this.parents
    this.parents = before ? parents.map((parent) => before[parent] ?? parent) : parents
    this.members = [first, ...others]
  }

  close(): void {
    this.seat.leave()
  }

  private takeDeal(): Deal | null {
    if (!this.parents) return null
    const deal = toDeal(this.ids, this.toldCount, this.parents)
    this.toldCount = this.parents.length
    this.parents = null
    return deal
  }

  private create(index: number): GrpcSession {
    this.ids[index] ??= randomUUID()
    return new GrpcSession(this.ids[index], this.options, this.seat)
  }

  private member(index: number): GrpcSession {
    const session = this.members[index]
    if (!session) throw new RangeError(`there is no session ${index} of ${this.members.length} to go on from`)
    return session
  }
}
