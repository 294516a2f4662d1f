import { ServiceError } from '../errors.js'
import { epochMs, type StepOutcome, type Work, type WorkOutcome } from './messages.js'
import { ResponseBudget } from './response-budget.js'
import { type StepContext, StepRun } from './step-run.js'

/** One request on its way: the steps done, the step under way, the steps to come. */
export class Job {
  readonly sessionIds: ReadonlySet<string>
  private readonly results: StepOutcome[] = []
  private readonly budget = new ResponseBudget()
  private current: StepRun | null = null
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
    return this.current === null
  }

  /** Everything up to the first forward. */
  start(): void {
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

  /** One forward, and what needs none after it. */
  async advance(): Promise<void> {
    const run = this.current
    if (run === null) return
    this.firstForwardMs ??= epochMs()
    try {
      await run.advance()
      if (!run.isDone) return
      this.settle(run, null)
    } catch (error) {
      this.settle(run, ServiceError.from(error))
    }
    this.beginSteps()
  }

  /** Drops what is left to do. */
  cancel(reason: ServiceError): void {
    this.current?.abandon()
    this.current = null
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

  /** Begins steps until one needs a forward. */
  private beginSteps(): void {
    this.current = null
    for (;;) {
      const step = this.work.steps[this.results.length]
      if (step === undefined) return
      try {
        const run = StepRun.begin(this.context, step, this.budget)
        if (!run.isDone) {
          this.current = run
          return
        }
        this.settle(run, null)
      } catch (error) {
        const position = this.context.store.get(step.sessionId)?.history.length ?? 0
        this.results.push({ position, rows: [], failure: ServiceError.from(error).toFailure() })
      }
    }
  }

  private settle(run: StepRun, failure: ServiceError | null): void {
    this.computeMs += run.computeMs
    this.results.push({
      position: run.position,
      rows: failure === null ? run.rows : [],
      failure: failure?.toFailure() ?? null,
    })
  }
}
