import { messageOf } from '@tandem/process'
import { fromWireRow, type Step, type StepResult__Output, toWireReadout, toWireRows } from '@tandem/proto'
import { CallLog } from '../contract/call-log.js'
import type { ServiceCall } from '../contract/service-call.js'
import type { Readout, Row, Rows, Session } from '../contract/session.js'
import { SessionError } from '../contract/session-error.js'
import { checkRow } from './check-row.js'
import type { Sequence } from './sequence.js'
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

const countTokens = ({ tokenIds }: Step): number => tokenIds?.length ?? 0

/** What a session holds. */
export interface SessionState {
  readonly sequence: Sequence
  /** The service does not hold the tokens from this position on. Infinity: it holds all. */
  readonly missingFrom: number
}

/** A session of one service. If the service has lost it, each call replays its tokens once. */
export class GrpcSession implements Session {
  private readonly calls = new CallLog()

  constructor(
    private readonly id: string,
    private readonly options: GrpcSessionOptions,
    private readonly channel: StepChannel,
    public state: SessionState,
    /** Awaited before each step. */
    private readonly prepare: () => Promise<void> | null,
  ) {}

  get position(): number {
    return this.state.sequence.length
  }

  async step(tokenIds: readonly number[], rows: Rows, readouts: readonly Readout[]): Promise<Row[]> {
    const result = await this.send(tokenIds, rows, readouts)
    // First the check: a step that fails must leave the tokens as they were.
    const found = this.rowsOf(result, readouts, countOf(rows, tokenIds))
    this.state.sequence.append(tokenIds)
    return found
  }

  async readout(readouts: readonly Readout[]): Promise<Row> {
    const [row] = this.rowsOf(await this.send([], 'last', readouts), readouts, 1)
    if (!row) throw new SessionError('internal', `${this.options.service} sent a result without a row`)
    return row
  }

  truncate(position: number): void {
    this.state.sequence.truncate(position)
  }

  consumeCalls(): readonly ServiceCall[] {
    return this.calls.consume()
  }

  /** Sends the first tokens, which the service does not hold, by themselves. */
  async sendStart(length: number): Promise<void> {
    await this.run(this.stepAt(0, this.state.sequence.tokenIds.slice(0, length), 'none', []), true)
  }

  /**
   * Sends the tokens that the service does not hold, and the new ones. If it holds other tokens, or
   * has lost the session, sends all of them.
   */
  private async send(
    tokenIds: readonly number[],
    rows: Rows,
    readouts: readonly Readout[],
  ): Promise<StepResult__Output> {
    const preparation = this.prepare()
    if (preparation) await preparation
    const start = Math.min(this.state.missingFrom, this.position)
    const known = start > 0 || this.position === 0
    const result =
      (known ? await this.sendFrom(start, tokenIds, rows, readouts) : undefined) ??
      (await this.sendFrom(0, tokenIds, rows, readouts))
    if (!result)
      throw new SessionError(
        'unavailable',
        `${this.options.service} lost this session again right after its tokens were replayed`,
      )
    this.state = { sequence: this.state.sequence, missingFrom: Number.POSITIVE_INFINITY }
    return result
  }

  /** Sends all tokens from a position on. Undefined if the service does not hold those before. */
  private async sendFrom(
    start: number,
    tokenIds: readonly number[],
    rows: Rows,
    readouts: readonly Readout[],
  ): Promise<StepResult__Output | undefined> {
    const missing = this.state.sequence.tokenIds.slice(start)
    if (missing.length === 0) return this.run(this.stepAt(start, tokenIds, rows, readouts))
    if (rows !== 'all') return this.run(this.stepAt(start, [...missing, ...tokenIds], rows, readouts), true)
    // Rows of all tokens would include those of the missing tokens: a step before appends these.
    // Both go in one message, so that the session is never idle between them, when it could be
    // closed.
    const replay = this.stepAt(start, missing, 'none', [])
    return this.run(this.stepAt(this.position, tokenIds, rows, readouts), true, replay)
  }

  /**
   * Undefined if the service does not hold the tokens before the step.
   * @param before a step that is sent first
   */
  private async run(step: Step, isReplay = false, before?: Step): Promise<StepResult__Output | undefined> {
    const first = before && this.channel.run(before)
    const [answer, firstAnswer] = await Promise.all([this.channel.run(step), first])
    const { result, times } = answer
    const sent = countTokens(step) + (before ? countTokens(before) : 0)
    this.calls.push({ model: this.options.model, tokens: result ? sent : 0, isReplay, ...times })
    if (before) this.assertPosition(before, firstAnswer?.result)
    this.assertPosition(step, result)
    return result
  }

  private assertPosition(step: Step, result: StepResult__Output | undefined): void {
    const expected = (step.position ?? 0) + countTokens(step)
    if (result && result.position !== expected)
      throw this.breachOf(new RangeError(`expected a session of ${expected} tokens, found ${result.position}`))
  }

  private stepAt(position: number, tokenIds: readonly number[], rows: Rows, readouts: readonly Readout[]): Step {
    return {
      sessionId: this.id,
      position,
      prefixHash: this.state.sequence.hashAt(position).toString(),
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
      return result.rows.map((sent, index) => {
        const row = fromWireRow(sent, index, readouts)
        checkRow(row, readouts, this.options.vocabularyLimit)
        return row
      })
    } catch (cause) {
      throw this.breachOf(cause)
    }
  }

  private breachOf(cause: unknown): SessionError {
    const message = messageOf(cause)
    const text = `${this.options.service} sent a response that breaks the contract: ${message}`
    return new SessionError('internal', text, { cause })
  }
}
