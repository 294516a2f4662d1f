import type { Step, StepResult__Output } from '@tandem/proto'
import { Sequence } from './sequence.js'
import type { Readout, Row, Rows, Session } from './session.js'
import { SessionError } from './session-error.js'
import type { StepSeat } from './step-sender.js'
import { fromWireRow, toWireReadout } from './wire.js'

export interface SequenceOptions {
  /** Its name in errors: "the DPO service at 127.0.0.1:7002". */
  readonly service: string
  /** What the service's engine calls the model; empty where it runs no other. */
  readonly role: string
  /** Only ids below it take part. */
  readonly vocabularyLimit: number
  /** Sessions of one scope may reuse each other's prompts; empty: this one shares nothing. */
  readonly prefixScope: string
}

const countOf = (rows: Rows, tokenIds: readonly number[]) => ({ none: 0, last: 1, all: tokenIds.length })[rows]
const wireRows = { last: 'ROWS_LAST', all: 'ROWS_ALL', none: 'ROWS_NONE' } as const

/** A session of one service. One that the service has lost gets its tokens again, once a call. */
export class GrpcSession implements Session {
  sequence = Sequence.empty()

  constructor(
    private readonly id: string,
    private readonly options: SequenceOptions,
    private readonly seat: StepSeat,
  ) {}

  get position(): number {
    return this.sequence.length
  }

  async step(tokenIds: readonly number[], rows: Rows, readouts: readonly Readout[]): Promise<Row[]> {
    const step = this.stepAt(this.position, tokenIds, rows, readouts)
    const result = (await this.seat.run(step)) ?? (await this.replay(tokenIds, rows, readouts))
    this.sequence.append(tokenIds)
    return this.rowsOf(result, readouts, countOf(rows, tokenIds))
  }

  async readout(readouts: readonly Readout[]): Promise<Row> {
    const step = this.stepAt(this.position, [], 'last', readouts)
    const result = (await this.seat.run(step)) ?? (await this.replay([], 'last', readouts))
    const [row] = this.rowsOf(result, readouts, 1)
    if (!row) throw new SessionError('internal', `${this.options.service} answered without a row`)
    return row
  }

  truncate(position: number): void {
    this.sequence.truncate(position)
  }

  /** The service has lost the session, or holds another: all tokens again, from the first. */
  private async replay(
    tokenIds: readonly number[],
    rows: Rows,
    readouts: readonly Readout[],
  ): Promise<StepResult__Output> {
    const held = this.sequence.tokenIds
    let last = this.stepAt(0, [...held, ...tokenIds], rows, readouts)
    if (rows === 'all' && this.position > 0) {
      await this.seat.run(this.stepAt(0, held, 'none', []))
      last = this.stepAt(this.position, tokenIds, rows, readouts)
    }
    const result = await this.seat.run(last)
    if (result) return result
    throw new SessionError('unavailable', `${this.options.service} loses this session as soon as it holds it`)
  }

  private stepAt(position: number, tokenIds: readonly number[], rows: Rows, readouts: readonly Readout[]): Step {
    return {
      sessionId: this.id,
      position,
      prefixHash: this.sequence.hashAt(position).toString(),
      tokenIds: [...tokenIds],
      rows: wireRows[rows],
      readouts: readouts.map(toWireReadout),
      vocabularyLimit: this.options.vocabularyLimit,
      prefixScope: position === 0 ? this.options.prefixScope : '',
      role: this.options.role,
    }
  }

  private rowsOf(result: StepResult__Output, readouts: readonly Readout[], count: number): Row[] {
    try {
      if (result.rows.length !== count) throw new RangeError(`expected ${count} rows, found ${result.rows.length}`)
      return result.rows.map((row, index) => fromWireRow(row, index, readouts))
    } catch (cause) {
      const message = cause instanceof Error ? cause.message : String(cause)
      throw new SessionError('internal', `${this.options.service} breaks the contract: ${message}`, { cause })
    }
  }
}
