import { randomUUID } from 'node:crypto'
import type { LogitServiceClient } from '@tandem/proto'
import { GrpcSession, type SequenceOptions } from './client.js'
import { type Deal, toDeal } from './deal.js'
import type { Session, SessionSet } from './session.js'
import { StepSender } from './step-sender.js'
import { openStepStream, type StepStream } from './step-stream.js'

export interface SessionOptions extends SequenceOptions {
  readonly client: LogitServiceClient
  readonly signal: AbortSignal
}

/** Sessions over one stream to one service. */
export function createSessions(options: SessionOptions): SessionSet {
  return new GrpcSessionSet(options, openStepStream(options.client, options.service, options.signal))
}

class GrpcSessionSet implements SessionSet {
  private readonly sender: StepSender
  private members: [GrpcSession, ...GrpcSession[]]
  /** Of the members, and of those that were closed: they are used again. */
  private readonly ids: string[] = []
  /** How many of `ids`, from the first, the service has been told of. */
  private toldCount = 1
  /** Of the members among those that the service has been told of; null: they are the same. */
  private parents: readonly number[] | null = null

  constructor(
    private readonly options: SequenceOptions,
    private readonly stream: StepStream,
  ) {
    this.sender = new StepSender(stream, options, () => this.takeDeal())
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
    this.stream.close()
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
    return new GrpcSession(this.ids[index], this.options, this.sender)
  }

  private member(index: number): GrpcSession {
    const session = this.members[index]
    if (!session) throw new RangeError(`there is no session ${index} of ${this.members.length} to go on from`)
    return session
  }
}
