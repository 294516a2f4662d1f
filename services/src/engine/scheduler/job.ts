import { ServiceError } from '../../errors.js'
import type { Forward } from '../engine.js'
import type { LogitsRow } from '../logits/logits-row.js'
import { epochMs } from '../epoch-ms.js'
import type { Step, StepOutcome, Work, WorkOutcome } from '../work.js'
import { ResponseBudget } from './response-budget.js'
import { roomNeeds } from '../sessions/kv-needs.js'
import type { Room } from '../sessions/session-store.js'
import { type StepContext, StepRun } from './step-run.js'

/** One request on its way: the steps done, the steps under way (of different sessions), the steps to come. */
export class Job {
  readonly sessionIds: ReadonlySet<string>
  /** By the steps' indices. */
  private readonly results: StepOutcome[] = []
  private readonly budget = new ResponseBudget()
  /** Under way, with the index of its step. */
  private readonly running = new Map<StepRun, number>()
  private begun = 0
  private failure: ServiceError | null = null
  private firstForwardMs: number | null = null
  private computeMs = 0

  constructor(
    private readonly context: StepContext,
    private readonly work: Work,
    readonly signal: AbortSignal,
    private readonly arrivedMs: number,
  ) {
    this.sessionIds = new Set([
      ...work.forks.flatMap((fork) => [fork.from, fork.to]),
      ...(work.reorder?.sessionIds ?? []),
      ...work.steps.map((step) => step.sessionId),
      ...work.closeSessionIds,
    ])
  }

  get isDone(): boolean {
    return this.running.size === 0
  }

  /** Steps that need a forward next. */
  get ready(): StepRun[] {
    return [...this.running.keys()]
  }

  /** Sessions that the request appends tokens to and leaves open. */
  get steppedSessionIds(): string[] {
    const closed = new Set(this.work.closeSessionIds)
    return this.work.steps
      .filter((step) => step.tokenIds.length > 0 && !closed.has(step.sessionId))
      .map((step) => step.sessionId)
  }

  /** Whether it makes a session that is not held yet. */
  get isNewcomer(): boolean {
    return [...this.needs.keys()].some((id) => this.context.store.get(id) === undefined)
  }

  /** Whether the budget has room for all its steps. */
  get room(): Room {
    return this.context.store.roomFor(this.sessionIds, this.needs)
  }

  /** Everything up to the first forward. */
  start(): void {
    this.context.store.promising(this.needs, () => this.begin())
  }

  /** A run begins that takes part of this job along. */
  beginRun(): void {
    this.firstForwardMs ??= epochMs()
  }

  /** That run took so long; the job has had all of it, whoever else was in it. */
  endRun(durationMs: number): void {
    this.computeMs += durationMs
  }

  /** What one of the `ready` steps' forwards gave, and what needs no forward after it. */
  take(run: StepRun, forward: Forward, outcome: readonly LogitsRow[] | ServiceError): void {
    const index = this.running.get(run)
    if (index === undefined) return
    try {
      if (outcome instanceof ServiceError) {
        run.abandon()
        throw outcome
      }
      run.take(forward, outcome)
      if (!run.isDone) return
      this.settle(index, run, null)
    } catch (error) {
      this.settle(index, run, ServiceError.from(error))
    }
    this.running.delete(run)
    this.beginSteps()
  }

  /** Drops what is left to do. */
  cancel(reason: ServiceError): void {
    for (const run of this.running.keys()) run.abandon()
    this.running.clear()
    this.failure = reason
  }

  finish(): WorkOutcome {
    for (const id of this.work.closeSessionIds) this.context.store.close(id)
    return {
      results: this.failure === null ? this.results : [],
      failure: this.failure?.toFailure() ?? null,
      queueUs: Math.max(0, Math.round(((this.firstForwardMs ?? epochMs()) - this.arrivedMs) * 1000)),
      computeUs: Math.round(this.computeMs * 1000),
    }
  }

  private begin(): void {
    const { store } = this.context
    try {
      for (const { from, to } of this.work.forks) store.fork(from, to)
      if (this.work.reorder !== null) store.reorder(this.work.reorder.sessionIds, this.work.reorder.parents)
    } catch (error) {
      this.failure = ServiceError.from(error)
      return
    }
    this.beginSteps()
  }

  private get needs(): ReadonlyMap<string, number> {
    return roomNeeds(this.work, this.context.engine, this.context.store)
  }

  /** Begins steps, in their order, until one is of a session that an earlier step still uses. */
  private beginSteps(): void {
    for (;;) {
      const step = this.work.steps[this.begun]
      if (step === undefined || this.ready.some((run) => run.sessionId === step.sessionId)) return
      this.beginStep(this.begun++, step)
    }
  }

  private beginStep(index: number, step: Step): void {
    try {
      const run = StepRun.begin(this.context, step, this.budget)
      if (run.isDone) this.settle(index, run, null)
      else this.running.set(run, index)
    } catch (error) {
      const position = this.context.store.get(step.sessionId)?.history.length ?? 0
      this.results[index] = { position, rows: [], failure: ServiceError.from(error).toFailure() }
    }
  }

  private settle(index: number, run: StepRun, failure: ServiceError | null): void {
    this.results[index] = {
      position: run.position,
      rows: failure === null ? run.rows : [],
      failure: failure?.toFailure() ?? null,
    }
  }
}
