import type { CompactRow } from '@tandem/proto'
import { failedPrecondition, invalidArgument } from '../../errors.js'
import type { Engine, Forward } from '../engine.js'
import type { LogitsRow } from '../logits/logits-row.js'
import { readoutBytes, readRow } from '../logits/readout.js'
import { KeptRows, maxKeptRows } from '../sessions/kept-rows.js'
import { keptRowBytes } from '../sessions/kv-needs.js'
import type { Prefix } from '../sessions/prefix-cache.js'
import type { Session } from '../sessions/session.js'
import type { SessionStore } from '../sessions/session-store.js'
import type { Step } from '../work.js'
import { assertGatherRows, assertStep } from './check-step.js'
import { type ResponseBudget, rowOverheadBytes } from './response-budget.js'

/** Maximum bytes of logits per chunk if the rows of all prompt tokens are read out. */
const maxChunkRowBytes = 32 * 1024 * 1024

/** What all steps of an engine share. */
export interface StepContext {
  readonly engine: Engine
  readonly store: SessionStore
  /** Maximum number of tokens of one session per run. */
  readonly prefillChunk: number
  /**
   * Whether a prompt's whole chunks run by themselves. Their keys and values are then the same bits
   * each time and can be reused.
   */
  readonly reusesPrefixes: boolean
}

/**
 * One step of one session, one forward at a time: `begin`, then run `forward` and pass its logits
 * to `advance` until `isDone`. If anything fails, the session is as it was before; if its tokens
 * were already overwritten, it holds the tokens before the step's position.
 */
export class StepRun {
  readonly rows: CompactRow[] = []
  private offset = 0
  private keptRows: LogitsRow[] = []
  /**
   * Bytes of the response that this step has spent: the minimum of its coming rows, and all bytes
   * of the rows read out.
   */
  private spentBytes = 0
  /** Minimum bytes of a row that were spent in advance. */
  private prepaidRowBytes = 0

  private constructor(
    private readonly context: StepContext,
    private readonly step: Step,
    private readonly session: Session,
    private readonly budget: ResponseBudget,
  ) {}

  /**
   * Checks the step against its session, opens the session if the step is at position 0, and
   * reserves memory. A step without tokens is then done.
   * @throws ServiceError if the step is refused; the session is then unchanged
   */
  static begin(context: StepContext, step: Step, budget: ResponseBudget): StepRun {
    const { engine, store } = context
    const existing = store.get(step.sessionId)
    assertStep(step, existing, engine.description.contextLength)
    const session = existing ?? store.open(step.sessionId, step.variant)
    const run = new StepRun(context, step, session, budget)
    try {
      if (step.tokenIds.length === 0) run.readKeptRows()
      else run.reserve()
      if (existing === undefined) run.reusePrefix()
    } catch (error) {
      run.rollBack()
      throw error
    }
    return run
  }

  get isDone(): boolean {
    return this.offset === this.step.tokenIds.length
  }

  /** Number of tokens that the session holds now. */
  get position(): number {
    return this.session.history.length
  }

  get sessionId(): string {
    return this.step.sessionId
  }

  get tokensLeft(): number {
    return this.step.tokenIds.length - this.offset
  }

  /** The next forward: a chunk of a prompt, or a decode step. */
  get forward(): Forward {
    const tokenIds = this.step.tokenIds.subarray(this.offset, this.offset + this.chunkSize())
    const position = this.step.position + this.offset
    return { cache: this.session.cache, position, tokenIds, rowIndices: this.rowIndices(tokenIds.length) }
  }

  /**
   * Advances the session by a forward of this step and reads its rows.
   * @throws ServiceError if a readout fails; the step is then rolled back
   */
  advance({ position, tokenIds }: Forward, rows: readonly LogitsRow[]): void {
    const { session } = this
    session.dropPrefixAfter(position)
    session.history.truncate(position)
    session.history.append(tokenIds)
    session.kept = KeptRows.none
    this.offset += tokenIds.length
    try {
      this.readRows(rows)
    } catch (error) {
      this.rollBack()
      throw error
    }
    if (!this.isDone) return
    session.kept = KeptRows.of(this.position, this.keptRows, this.stepRows())
    session.promisedRowBytes = 0
    if (this.hasPrefix) session.prefix = this.prefix(this.context.prefillChunk)
  }

  /** Undoes a step that ends early. */
  rollBack(): void {
    this.budget.refund(this.spentBytes)
    this.session.promisedRowBytes = 0
    if (this.offset > 0) {
      this.session.truncate(this.step.position)
      this.session.kept = KeptRows.none
    }
    this.closeIfEmpty()
  }

  private chunkSize(): number {
    const { prefillChunk, engine } = this.context
    if (this.step.rows !== 'all') return prefillChunk
    const rowBytes = engine.description.rowSize * Float32Array.BYTES_PER_ELEMENT
    return Math.min(prefillChunk, Math.max(1, Math.floor(maxChunkRowBytes / rowBytes)))
  }

  /** Includes the last row in any case: a later step without tokens may ask for it. */
  private rowIndices(chunkTokens: number): number[] {
    if (this.step.rows === 'all') return Array.from({ length: chunkTokens }, (_, i) => i)
    return this.offset + chunkTokens === this.step.tokenIds.length ? [chunkTokens - 1] : []
  }

  /** @param rows of one run */
  private readRows(rows: readonly LogitsRow[]): void {
    const rowsLeft = this.step.tokenIds.length - this.offset
    for (const [i, row] of rows.entries()) {
      if (this.step.rows !== 'none') this.readOut(row)
      if (rowsLeft + rows.length - i <= maxKeptRows) this.keptRows.push(row.owned())
    }
  }

  private readOut(row: LogitsRow): void {
    const read = readRow(row.cut(this.step.vocabularyLimit), this.step.readouts, this.rows.length)
    this.spend(readoutBytes(read) + rowOverheadBytes - this.prepaidRowBytes)
    this.rows.push(read)
  }

  private spend(bytes: number): void {
    this.budget.spend(bytes)
    this.spentBytes += bytes
  }

  private readKeptRows(): void {
    const { session, step } = this
    if (step.rows === 'none') {
      session.truncate(step.position)
      return
    }
    const kept = session.kept.truncate(step.position)
    const last = kept.last()
    const rows = step.rows === 'all' ? kept.all() : last && [last]
    if (rows === undefined) throw this.notKept(last !== undefined)
    session.truncate(step.position)
    assertGatherRows(step.readouts, rows.length)
    for (const row of rows) this.readOut(row)
  }

  /** A replay that starts one token earlier computes the rows again. */
  private notKept(hasLast: boolean): Error {
    const { position, sessionId } = this.step
    if (hasLast)
      return invalidArgument(
        `session "${sessionId}" does not keep all rows of its last step (it keeps at most ${maxKeptRows}): request the last row only, or read all rows in the step itself`,
      )
    const before = Math.max(0, position - 1)
    return failedPrecondition(
      `session "${sessionId}" keeps no row for position ${position}: send the token before it again`,
      { position: before, prefixHash: this.session.history.hashAt(before) },
    )
  }

  private reserve(): void {
    const { step, session, context } = this
    const rows = this.stepRows()
    assertGatherRows(step.readouts, rows)
    if (step.rows !== 'none') {
      const rowBytes = minReadoutBytes(step) + rowOverheadBytes
      this.spend(rows * rowBytes)
      this.prepaidRowBytes = rowBytes
    }
    context.store.budget.reserve(session, step.position + step.tokenIds.length, keptRowBytes(step, context.engine))
  }

  /** Continues after the whole chunks of an earlier prompt that begins with the same tokens. */
  private reusePrefix(): void {
    if (!this.hasPrefix) return
    const { store, prefillChunk } = this.context
    this.offset = store.reusePrefix(this.session, this.prefix(1), prefillChunk)
    this.session.history.append(this.step.tokenIds.subarray(0, this.offset))
  }

  /**
   * False if the rows of all tokens are read out: they have to be computed, so such a step reuses
   * nothing.
   */
  private get hasPrefix(): boolean {
    const { position, prefixScope, rows, tokenIds } = this.step
    return this.context.reusesPrefixes && position === 0 && prefixScope !== '' && rows !== 'all' && tokenIds.length > 0
  }

  /** The step's tokens, without those after the last whole chunk. */
  private prefix(chunk: number): Prefix {
    const { prefixScope, tokenIds } = this.step
    return { scope: prefixScope, tokenIds: tokenIds.subarray(0, tokenIds.length - (tokenIds.length % chunk)) }
  }

  private stepRows(): number {
    return this.step.rows === 'all' ? this.step.tokenIds.length : 1
  }

  private closeIfEmpty(): void {
    if (this.position === 0) this.context.store.close(this.step.sessionId)
  }
}

/** Bytes of a row's arrays that are known before the run. */
function minReadoutBytes(step: Step): number {
  const bytes = step.readouts.map((readout) => {
    if (readout.kind === 'full') return 4 * step.vocabularyLimit
    if (readout.kind === 'top-k') return 8 * Math.min(readout.k, step.vocabularyLimit)
    return 0
  })
  return bytes.reduce((a, b) => a + b, 0)
}
