import { ServiceError } from '../../errors.js'
import type { Forward } from '../engine.js'
import { epochMs } from '../epoch-ms.js'
import type { LogitsRow } from '../logits/logits-row.js'
import { kvNeeds } from '../sessions/kv-needs.js'
import { type ModelRun, maxRuns, type Step, type StepOutcome, type Work, type WorkOutcome } from '../work.js'
import { ResponseBudget } from './response-budget.js'
import { type StepContext, StepRun } from './step-run.js'

/**
 * The work of one message and its progress: finished steps, running steps (of different sessions),
 * and steps that have not begun.
 */
export class Job {
  readonly sessionIds: ReadonlySet<string>
  /** By the index of the step. */
  private readonly results: StepOutcome[] = []
  private readonly budget = new ResponseBudget()
  /** Running steps, with their indices. */
  private readonly running = new Map<StepRun, number>()
  private begun = 0
  private failure: ServiceError | null = null
  private firstRunMs: number | null = null
  private computeMs = 0
  private readonly runs: ModelRun[] = []

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

  /** Sessions that the job appends tokens to and leaves open. */
  get steppedSessionIds(): string[] {
    const closed = new Set(this.work.closeSessionIds)
    return this.work.steps
      .filter((step) => step.tokenIds.length > 0 && !closed.has(step.sessionId))
      .map((step) => step.sessionId)
  }

  /** Whether it opens a session that the store does not hold yet. */
  get opensSession(): boolean {
    return [...this.kvNeeds().keys()].some((id) => this.context.store.get(id) === undefined)
  }

  /**
   * Bytes that each of the job's sessions will hold. This is not computed once in the constructor:
   * while the job waits, an earlier job may open, extend or close the same session, and the store
   * may evict it. So each try to admit the job asks again.
   */
  kvNeeds(): ReadonlyMap<string, number> {
    return kvNeeds(this.work, this.context.engine, this.context.store)
  }

  /**
   * Applies forks and the reorder, and begins the steps, up to the first forward.
   * @param needs what `kvNeeds` returned just before
   */
  start(needs: ReadonlyMap<string, number>): void {
    this.context.store.budget.withPromise(needs, () => this.begin())
  }

  /**
   * Records a run with a part of this job. The job counts all of its duration, also if other jobs
   * were in the run.
   */
  recordRun(run: ModelRun): void {
    this.firstRunMs ??= run.startMs
    this.computeMs += run.durationMs
    if (this.runs.length < maxRuns) this.runs.push(run)
  }

  /**
   * Receives the outcome of a forward of one of the `ready` steps, and begins the steps that can
   * begin now.
   */
  receive(run: StepRun, forward: Forward, outcome: readonly LogitsRow[] | ServiceError): void {
    const index = this.running.get(run)
    if (index === undefined) return
    try {
      if (outcome instanceof ServiceError) {
        run.rollBack()
        throw outcome
      }
      run.advance(forward, outcome)
      if (!run.isDone) return
      this.settle(index, run, null)
    } catch (error) {
      this.settle(index, run, ServiceError.from(error))
    }
    this.running.delete(run)
    this.beginSteps()
  }

  /** Drops the remaining work. */
  cancel(reason: ServiceError): void {
    for (const run of this.running.keys()) run.rollBack()
    this.running.clear()
    this.failure = reason
  }

  /** Closes the sessions that the job closes, and returns the outcome. */
  finish(): WorkOutcome {
    for (const id of this.work.closeSessionIds) this.context.store.close(id)
    return {
      results: this.failure === null ? this.results : [],
      failure: this.failure?.toFailure() ?? null,
      queueUs: Math.max(0, Math.round(((this.firstRunMs ?? epochMs()) - this.arrivedMs) * 1000)),
      computeUs: Math.round(this.computeMs * 1000),
      runs: this.runs,
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

  /**
   * Begins steps in their order, until the next one is of a session that an earlier step still
   * uses.
   */
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
