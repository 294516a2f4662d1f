import { fromWireRow, type Step, type StepResult__Output, toWireReadout, toWireRows } from '@tandem/proto'
import { CallLog } from '../contract/call-log.js'
import type { ServiceCall } from '../contract/service-call.js'
import type { Readout, Row, Rows, Session } from '../contract/session.js'
import { SessionError } from '../contract/session-error.js'
import { Sequence } from './sequence.js'
import type { StepChannel } from './step-sender.js'

/** What the sessions of a set have in common. */
export interface GrpcSessionOptions {
  /** The model's name in the gateway. */
  readonly model: string
  /** The service's name in errors: "the DPO service at 127.0.0.1:7002". */
  readonly service: string
  /** The engine's name for the model; empty if the engine runs only one. */
  readonly role: string
  /** Only ids below this limit are used. */
  readonly vocabularyLimit: number
  /** Sessions with the same scope may share cached prompts. Empty disables sharing. */
  readonly prefixScope: string
}

const countOf = (rows: Rows, tokenIds: readonly number[]) => ({ none: 0, last: 1, all: tokenIds.length })[rows]

/** A session of one service. If the service has lost it, each call replays its tokens once. */
export class GrpcSession implements Session {
  private readonly calls = new CallLog()

  constructor(
    private readonly id: string,
    private readonly options: GrpcSessionOptions,
    private readonly channel: StepChannel,
    public sequence = Sequence.empty(),
    /** Whether the service can hold the sequence. If not, the first call sends all tokens. */
    public isHeld = true,
  ) {}

  get position(): number {
    return this.sequence.length
  }

  async step(tokenIds: readonly number[], rows: Rows, readouts: readonly Readout[]): Promise<Row[]> {
    const step = this.stepAt(this.position, tokenIds, rows, readouts)
    const result = (await this.runIfHeld(step)) ?? (await this.replay(tokenIds, rows, readouts))
    this.sequence.append(tokenIds)
    return this.rowsOf(result, readouts, countOf(rows, tokenIds))
  }

  async readout(readouts: readonly Readout[]): Promise<Row> {
    const step = this.stepAt(this.position, [], 'last', readouts)
    const result = (await this.runIfHeld(step)) ?? (await this.replay([], 'last', readouts))
    const [row] = this.rowsOf(result, readouts, 1)
    if (!row) throw new SessionError('internal', `${this.options.service} sent a result without a row`)
    return row
  }

  truncate(position: number): void {
    this.sequence.truncate(position)
  }

  consumeCalls(): readonly ServiceCall[] {
    return this.calls.consume()
  }

  private async runIfHeld(step: Step): Promise<StepResult__Output | undefined> {
    return this.isHeld ? this.run(step) : undefined
  }

  /** Undefined if the service does not hold the tokens before the step. */
  private async run(step: Step, isReplay = false): Promise<StepResult__Output | undefined> {
    const { result, times } = await this.channel.run(step)
    const tokens = result ? (step.tokenIds?.length ?? 0) : 0
    this.calls.push({ model: this.options.model, tokens, isReplay, ...times })
    return result
  }

  /**
   * Sends all tokens again from the first, because the service has lost
   * the session or holds other tokens.
   */
  private async replay(
    tokenIds: readonly number[],
    rows: Rows,
    readouts: readonly Readout[],
  ): Promise<StepResult__Output> {
    const held = this.sequence.tokenIds
    // Rows of all tokens would include those of the held tokens: send the held ones by themselves.
    const isSplit = rows === 'all' && this.position > 0
    if (isSplit) await this.run(this.stepAt(0, held, 'none', []), true)
    const result = isSplit
      ? await this.run(this.stepAt(this.position, tokenIds, rows, readouts))
      : await this.run(this.stepAt(0, [...held, ...tokenIds], rows, readouts), true)
    this.isHeld = result !== undefined
    if (result) return result
    throw new SessionError(
      'unavailable',
      `${this.options.service} lost this session again right after its tokens were replayed`,
    )
  }

  private stepAt(position: number, tokenIds: readonly number[], rows: Rows, readouts: readonly Readout[]): Step {
    return {
      sessionId: this.id,
      position,
      prefixHash: this.sequence.hashAt(position).toString(),
      tokenIds: [...tokenIds],
      rows: toWireRows(rows),
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
      throw new SessionError(
        'internal',
        `${this.options.service} sent a response that breaks the contract: ${message}`,
        { cause },
      )
    }
  }
}
