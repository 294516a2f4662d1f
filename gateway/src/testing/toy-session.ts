import { setImmediate } from 'node:timers/promises'
import type { TokenIds } from '@tandem/proto'

import type { ServiceCall } from '../session/contract/service-call.js'
import type { Readout, Row, Rows, Scores, Session, SessionSet } from '../session/contract/session.js'

/** Computes the logits of the next token of a sequence, by id. */
export type ToyModel = (ids: readonly number[]) => Float32Array

/** A session in memory that enforces the contract: one call at a time, only valid positions. */
export class ToySession implements Session {
  readonly held: number[] = []
  /** The number of tokens of each forward pass so far. */
  readonly forwards: number[] = []
  private isBusy = false

  /** @param pauses number of event loop iterations that each call waits */
  constructor(
    private readonly model: ToyModel,
    private readonly pauses: readonly number[] = [],
  ) {}

  get position(): number {
    return this.held.length
  }

  async step(tokenIds: readonly number[], rows: Rows, readouts: readonly Readout[]): Promise<Row[]> {
    if (tokenIds.length === 0) throw new Error('a step needs at least one token')
    await this.pause()
    this.forwards.push(tokenIds.length)
    const start = this.held.length
    this.held.push(...tokenIds)
    const count = { none: 0, last: 1, all: tokenIds.length }[rows]
    return Array.from({ length: count }, (_, i) =>
      this.row(this.held.slice(0, start + tokenIds.length - count + i + 1), i, readouts),
    )
  }

  async readout(readouts: readonly Readout[]): Promise<Row> {
    await this.pause()
    return this.row(this.held, 0, readouts)
  }

  truncate(position: number): void {
    if (this.isBusy) throw new Error('truncate() during another call')
    if (position > this.held.length) throw new Error(`truncated to ${position}, holds ${this.held.length}`)
    this.held.length = position
  }

  /** Nothing is sent, so there are no calls. */
  consumeCalls(): readonly ServiceCall[] {
    return []
  }

  private async pause(): Promise<void> {
    if (this.isBusy) throw new Error('a second call before the first has ended')
    this.isBusy = true
    const iterations = this.pauses[this.forwards.length % Math.max(this.pauses.length, 1)] ?? 0
    await Promise.resolve()
    for (let i = 0; i < iterations; i++) await setImmediate()
    this.isBusy = false
  }

  private row(ids: readonly number[], index: number, readouts: readonly Readout[]): Row {
    const logits = this.model(ids)
    const max = Math.max(...logits)
    const logSumExp = max + Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit - max), 0))
    return { logSumExp, max, scores: readouts.map((readout) => readScores(logits, readout, index)) }
  }
}

/** Sessions in memory. They begin as one session from `create`. */
export class ToySessionSet implements SessionSet {
  sessions: [ToySession, ...ToySession[]]
  isClosed = false

  constructor(private readonly create: () => ToySession) {
    this.sessions = [create()]
  }

  reorder(parents: readonly number[]): void {
    const held = parents.map((parent) => [...(this.sessions[parent]?.held ?? [])])
    const [first, ...others] = held.map((tokenIds) => Object.assign(this.create(), { held: tokenIds }))
    if (!first) throw new RangeError('a reorder needs at least one parent')
    this.sessions = [first, ...others]
  }

  close(): void {
    this.isClosed = true
  }
}

/** Computes a readout of logits by its definition. */
export function readScores(logits: Float32Array, readout: Readout, index: number): Scores {
  const at = (ids: TokenIds): Scores => ({
    tokenIds: Uint32Array.from(ids),
    logits: Float32Array.from(ids, (id) => logits[id] ?? Number.NaN),
  })
  if (readout.kind === 'gather') return at(readout.rows[index] ?? readout.rows[0] ?? [])
  if (readout.kind === 'full') return at([...logits.keys()])
  const order = [...logits.keys()].sort((a, b) => (logits[b] ?? 0) - (logits[a] ?? 0) || a - b)
  if (readout.kind === 'top-k') return at(order.slice(0, readout.k))
  const allowed = order.filter((id) => !readout.exclude.includes(id))
  const least = (logits[allowed[0] ?? 0] ?? 0) + Math.log(readout.alpha)
  return at(allowed.filter((id) => (logits[id] ?? 0) >= least))
}
