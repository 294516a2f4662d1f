import { emptyPrefixHash } from '@tandem/proto'
import { failedPrecondition, invalidArgument } from '../../errors.js'
import type { Engine, Forward } from '../engine.js'
import { KeptRows, maxKeptRows } from '../sessions/kept-rows.js'
import type { LogitsRow } from '../logits/logits-row.js'
import type { Readout, RowReadout, Step } from '../work.js'
import type { Prefix } from '../sessions/prefix-cache.js'
import { readoutBytes, readRow } from '../logits/readout.js'
import { type ResponseBudget, rowOverheadBytes } from './response-budget.js'
import { keptBytes } from '../sessions/kv-needs.js'
import type { Session } from '../sessions/session.js'
import type { SessionStore } from '../sessions/session-store.js'

/** Rows of all prompt tokens are read out chunk by chunk; a chunk's logits take at most this much. */
const maxChunkRowBytes = 32 * 1024 * 1024

export interface StepContext {
  engine: Engine
  store: SessionStore
  /** Most tokens of one run. */
  prefillChunk: number
  /** Whether a prompt's whole chunks run alone, so that they can be reused: they are the same bits each time. */
  reusesPrefixes: boolean
}

/**
 * One step of one session, a forward at a time: `begin`, then run `forward` and `take` its logits until `isDone`. Where anything
 * fails the session is as it was before, or holds the tokens before the step's position where more was already overwritten.
 */
export class StepRun {
  readonly rows: RowReadout[] = []
  private offset = 0
  private keptRows: LogitsRow[] = []
  /** Of the response: what the rows to come take at least, and what was read out took beyond that. */
  private spentBytes = 0
  private heldRowBytes = 0

  private constructor(
    private readonly context: StepContext,
    private readonly step: Step,
    private readonly session: Session,
    private readonly budget: ResponseBudget,
  ) {}

  /** Checks the step against what the session holds, opens the session at position 0, reserves room; a step without tokens is then done. */
  static begin(context: StepContext, step: Step, budget: ResponseBudget): StepRun {
    const { store } = context
    const existing = store.get(step.sessionId)
    assertPosition(step, existing)
    assertContext(step, context.engine.description.contextLength)
    assertVariant(step, existing)
    const session = existing ?? store.open(step.sessionId, step.variant)
    const run = new StepRun(context, step, session, budget)
    try {
      if (step.tokenIds.length === 0) run.readKept()
      else run.reserve()
      if (existing === undefined) run.reusePrefix()
    } catch (error) {
      run.abandon()
      throw error
    }
    return run
  }

  get isDone(): boolean {
    return this.offset === this.step.tokenIds.length
  }

  /** Tokens that the session holds now. */
  get position(): number {
    return this.session.history.length
  }

  get sessionId(): string {
    return this.step.sessionId
  }

  get tokensLeft(): number {
    return this.step.tokenIds.length - this.offset
  }

  /** What runs next: a chunk of a prompt, or a decode step. */
  get forward(): Forward {
    const tokenIds = this.step.tokenIds.subarray(this.offset, this.offset + this.chunkSize())
    const position = this.step.position + this.offset
    return { cache: this.session.cache, position, tokenIds, rowIndices: this.rowIndices(tokenIds.length) }
  }

  /** Goes on by the rows that a forward of this step gave; ends the step where that fails. */
  take({ position, tokenIds }: Forward, rows: readonly LogitsRow[]): void {
    const { session } = this
    session.overwrite(position)
    session.history.truncate(position)
    session.history.append(tokenIds)
    session.kept = KeptRows.none
    this.offset += tokenIds.length
    try {
      this.takeRows(rows)
    } catch (error) {
      this.abandon()
      throw error
    }
    if (!this.isDone) return
    session.kept = KeptRows.of(this.position, this.keptRows, this.stepRows())
    session.promisedRowBytes = 0
    if (this.hasPrefix) session.prefix = this.prefix(this.context.prefillChunk)
  }

  /** Undoes a step that ends early. */
  abandon(): void {
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

  /** The last row always: a later step without tokens may ask for it. */
  private rowIndices(chunkTokens: number): number[] {
    if (this.step.rows === 'all') return Array.from({ length: chunkTokens }, (_, i) => i)
    return this.offset + chunkTokens === this.step.tokenIds.length ? [chunkTokens - 1] : []
  }

  /** @param rows of one run */
  private takeRows(rows: readonly LogitsRow[]): void {
    const rowsLeft = this.step.tokenIds.length - this.offset
    for (const [i, row] of rows.entries()) {
      if (this.step.rows !== 'none') this.readOut(row)
      if (rowsLeft + rows.length - i <= maxKeptRows) this.keptRows.push(row.owned())
    }
  }

  private readOut(row: LogitsRow): void {
    const read = readRow(row.cut(this.step.vocabularyLimit), this.step.readouts, this.rows.length)
    this.spend(readoutBytes(read) + rowOverheadBytes - this.heldRowBytes)
    this.rows.push(read)
  }

  private spend(bytes: number): void {
    this.budget.spend(bytes)
    this.spentBytes += bytes
  }

  private readKept(): void {
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

  /** A replay from one token earlier makes the rows again. */
  private notKept(hasLast: boolean): Error {
    const { position, sessionId } = this.step
    if (hasLast)
      return invalidArgument(
        `session "${sessionId}" does not keep all rows of its last step (at most ${maxKeptRows} are kept): ask for the last one, or read all out with the step itself`,
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
      this.spend(rows * (leastBytes(step) + rowOverheadBytes))
      this.heldRowBytes = leastBytes(step) + rowOverheadBytes
    }
    context.store.reserve(session, step.position + step.tokenIds.length, keptBytes(step, context.engine))
  }

  /** A prompt that begins like one before goes on where that one's whole chunks end. */
  private reusePrefix(): void {
    if (!this.hasPrefix) return
    const { store, prefillChunk } = this.context
    this.offset = store.reusePrefix(this.session, this.prefix(1), prefillChunk)
    this.session.history.append(this.step.tokenIds.subarray(0, this.offset))
  }

  /** Rows of all tokens have to be computed, so they reuse nothing. */
  private get hasPrefix(): boolean {
    const { position, prefixScope, rows, tokenIds } = this.step
    return this.context.reusesPrefixes && position === 0 && prefixScope !== '' && rows !== 'all' && tokenIds.length > 0
  }

  /** The step's tokens in whole chunks. */
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

function assertVariant({ sessionId, variant }: Step, session: Session | undefined): void {
  if (session !== undefined && session.cache.variant !== variant)
    throw invalidArgument(
      `session "${sessionId}" is one of the pair's other model: give each model session ids of its own`,
    )
}

function assertPosition(step: Step, session: Session | undefined): void {
  const held = session?.held ?? { position: 0, prefixHash: emptyPrefixHash }
  if (session === undefined && (step.position > 0 || step.tokenIds.length === 0))
    throw failedPrecondition(
      `session "${step.sessionId}" is not held (closed, evicted or idle too long): replay it from position 0`,
      held,
    )
  if (step.position > held.position)
    throw failedPrecondition(
      `session "${step.sessionId}" holds ${held.position} tokens, the step is at position ${step.position}: replay from ${held.position}`,
      held,
    )
  const hash = session?.history.hashAt(step.position) ?? emptyPrefixHash
  if (hash !== step.prefixHash)
    throw failedPrecondition(
      `session "${step.sessionId}" holds other tokens before position ${step.position} (hash ${hash}, the step's is ${step.prefixHash}): replay from 0`,
      held,
    )
}

function assertContext(step: Step, contextLength: number): void {
  const length = step.position + step.tokenIds.length
  if (length > contextLength)
    throw invalidArgument(
      `session "${step.sessionId}" would hold ${length} tokens (${step.position} and ${step.tokenIds.length} more): the model's context length is ${contextLength}`,
    )
}

function assertGatherRows(readouts: readonly Readout[], rows: number): void {
  for (const readout of readouts)
    if (readout.kind === 'gather' && readout.rows.length !== 1 && readout.rows.length !== rows)
      throw invalidArgument(
        `gather has ${readout.rows.length} lists of ids for ${rows} rows: send one list, or one for each row`,
      )
}

/** Bytes of a row's arrays that are known before the run. */
function leastBytes(step: Step): number {
  const bytes = step.readouts.map((readout) => {
    if (readout.kind === 'full') return 4 * step.vocabularyLimit
    if (readout.kind === 'top-k') return 8 * Math.min(readout.k, step.vocabularyLimit)
    return 0
  })
  return bytes.reduce((a, b) => a + b, 0)
}
