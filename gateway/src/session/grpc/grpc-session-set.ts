import { randomUUID } from 'node:crypto'
import type { Session, SessionSet } from '../contract/session.js'
import { GrpcSession, type GrpcSessionOptions, type SessionState } from './grpc-session.js'
import { Sequence } from './sequence.js'
import { type SessionOps, toSessionOps } from './session-ops.js'
import type { StepChannel, StepSender } from './step-sender.js'

/**
 * Sessions that start with fewer equal tokens are sent one by one: another message costs more than
 * so few tokens.
 */
const minSharedStart = 16

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
  /** Whether the members hold tokens that no step has sent yet. */
  private isUnsent: boolean
  private sending: Promise<void> | null = null

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
    const create = (sequence: Sequence, i: number) => this.create(i, { sequence, missingFrom: 0 })
    const [first, ...others] = sequences
    this.members = [create(first, 0), ...others.map((sequence, i) => create(sequence, i + 1))]
    this.sentCount = this.members.length
    this.isUnsent = this.members.length > 1
  }

  get sessions(): readonly [Session, ...Session[]] {
    return this.members
  }

  /** Copies of what the sessions hold. */
  copySequences(): Sequences {
    const [first, ...others] = this.members
    return [first.state.sequence.copy(), ...others.map(({ state }) => state.sequence.copy())]
  }

  reorder(parents: readonly number[]): void {
    const states = parents.map((parent) => {
      const { sequence, missingFrom } = this.member(parent).state
      return { sequence: sequence.copy(), missingFrom }
    })
    const [first, ...others] = states.map((state, i) => {
      const session = this.members[i] ?? this.create(i, state)
      session.state = state
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

  private prepareStep(): Promise<void> | null {
    if (!this.isUnsent) return null
    this.sending ??= this.sendStart().finally(() => {
      this.isUnsent = false
    })
    return this.sending
  }

  /**
   * Sends the tokens with which all sequences start to the first session, and lets the next message
   * fork it. The service reads them once, instead of once for each session.
   */
  private async sendStart(): Promise<void> {
    const length = commonLength(this.members.map(({ state }) => state.sequence.tokenIds))
    if (this.members.length < 2 || length < minSharedStart) return
    await this.members[0].sendStart(length)
    for (const member of this.members) member.state = { ...member.state, missingFrom: length }
    this.sentCount = 1
    this.parents = this.members.map(() => 0)
  }

  private create(index: number, state: SessionState): GrpcSession {
    this.ids[index] ??= randomUUID()
    return new GrpcSession(this.ids[index], this.options, this.channel, state, () => this.prepareStep())
  }

  private member(index: number): GrpcSession {
    const session = this.members[index]
    if (!session) throw new RangeError(`parent ${index} does not exist: the set has ${this.members.length} sessions`)
    return session
  }
}

/** Returns how many tokens all lists start with. */
function commonLength([first = [], ...others]: readonly (readonly number[])[]): number {
  const end = Math.min(first.length, ...others.map((ids) => ids.length))
  for (let i = 0; i < end; i++) if (others.some((ids) => ids[i] !== first[i])) return i
  return end
}
