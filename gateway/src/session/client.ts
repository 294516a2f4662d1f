import { randomUUID } from 'node:crypto'
import {
  emptyPrefixHash,
  extendPrefixHash,
  type LogitServiceClient,
  type Step,
  type StepResult__Output,
} from '@tandem/proto'
import type { Readout, Row, Rows, Session } from './session.js'
import { SessionError, toSessionError } from './session-error.js'
import { openStepStream, type StepStream } from './step-stream.js'
import { fromWireRow, toWireReadout } from './wire.js'

export interface SessionOptions {
  readonly client: LogitServiceClient
  /** Its name in errors: "the DPO service at 127.0.0.1:7002". */
  readonly service: string
  /** Only ids below it take part. */
  readonly vocabularyLimit: number
  /** The longest that one step may take. */
  readonly stepTimeoutMs: number
  readonly signal: AbortSignal
  /** Sessions of one scope may reuse each other's prompts; empty: this one shares nothing. */
  readonly prefixScope: string
}

const failedPrecondition = 9
const countOf = (rows: Rows, tokenIds: readonly number[]) => ({ none: 0, last: 1, all: tokenIds.length })[rows]
const wireRows = { last: 'ROWS_LAST', all: 'ROWS_ALL', none: 'ROWS_NONE' } as const

/** A session over one stream to one service. A service that has lost what it held gets the tokens again, once a call. */
export function createSession(options: SessionOptions): Session {
  return new GrpcSession(options, openStepStream(options.client, options.service, options.signal))
}

class GrpcSession implements Session {
  private readonly id = randomUUID()
  private readonly tokenIds: number[] = []
  /** hashes[n] is that of the first n tokens. */
  private readonly hashes: bigint[] = [emptyPrefixHash]

  constructor(
    private readonly options: SessionOptions,
    private readonly stream: StepStream,
  ) {}

  get position(): number {
    return this.tokenIds.length
  }

  async step(tokenIds: readonly number[], rows: Rows, readouts: readonly Readout[]): Promise<Row[]> {
    const step = this.stepAt(this.position, tokenIds, rows, readouts)
    const result = (await this.run(step)) ?? (await this.replay(tokenIds, rows, readouts))
    for (const id of tokenIds) {
      this.tokenIds.push(id)
      this.hashes.push(extendPrefixHash(this.hashes.at(-1) ?? emptyPrefixHash, [id]))
    }
    return this.rowsOf(result, readouts, countOf(rows, tokenIds))
  }

  async readout(readouts: readonly Readout[]): Promise<Row> {
    const step = this.stepAt(this.position, [], 'last', readouts)
    const result = (await this.run(step)) ?? (await this.replay([], 'last', readouts))
    const [row] = this.rowsOf(result, readouts, 1)
    if (!row) throw new SessionError('internal', `${this.options.service} answered without a row`)
    return row
  }

  truncate(position: number): void {
    if (position > this.position)
      throw new RangeError(`a session of ${this.position} tokens cannot be truncated to ${position}`)
    this.tokenIds.length = position
    this.hashes.length = position + 1
  }

  close(): void {
    this.stream.close()
  }

  /** The service has lost the session, or holds another: all tokens again, from the first. */
  private async replay(
    tokenIds: readonly number[],
    rows: Rows,
    readouts: readonly Readout[],
  ): Promise<StepResult__Output> {
    let last = this.stepAt(0, [...this.tokenIds, ...tokenIds], rows, readouts)
    if (rows === 'all' && this.position > 0) {
      await this.run(this.stepAt(0, this.tokenIds, 'none', []))
      last = this.stepAt(this.position, tokenIds, rows, readouts)
    }
    const result = await this.run(last)
    if (result) return result
    throw new SessionError('unavailable', `${this.options.service} loses this session as soon as it holds it`)
  }

  private stepAt(position: number, tokenIds: readonly number[], rows: Rows, readouts: readonly Readout[]): Step {
    return {
      sessionId: this.id,
      position,
      prefixHash: (this.hashes[position] ?? emptyPrefixHash).toString(),
      tokenIds: [...tokenIds],
      rows: wireRows[rows],
      readouts: readouts.map(toWireReadout),
      vocabularyLimit: this.options.vocabularyLimit,
      prefixScope: position === 0 ? this.options.prefixScope : '',
    }
  }

  /** Undefined where the service does not hold what the step stands on. */
  private async run(step: Step): Promise<StepResult__Output | undefined> {
    const { service, stepTimeoutMs } = this.options
    const response = await this.stream.send({ steps: [step], timeoutMs: stepTimeoutMs })
    const [result] = response.results
    const error = response.error ?? result?.error
    if (error?.code === failedPrecondition) return undefined
    if (error) throw toSessionError(service, error.code, error.message)
    if (!result) throw new SessionError('internal', `${service} answered without a result`)
    return result
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
