import { resourceExhausted, ServiceError } from '../errors.js'
import { Job } from './job.js'
import type { Work, WorkOutcome } from './messages.js'
import type { StepContext } from './step-run.js'

interface Entry {
  job: Job
  resolve: (outcome: WorkOutcome) => void
}

/**
 * Decides whose forward is next. Requests of different sessions take turns, a prefill chunk or a decode step each, so that a long
 * prompt holds nobody up for longer than a chunk; requests of one session go one after the other, in the order they came.
 */
export class Scheduler {
  /** Wait for a session that an earlier request uses, or for the current forward to end. */
  private waiting: Entry[] = []
  /** In the order of their turns. */
  private readonly active: Entry[] = []
  private readonly busySessions = new Set<string>()
  private running: Entry | null = null
  private isDriving = false

  constructor(
    private readonly context: StepContext,
    private readonly maxQueue: number,
  ) {}

  /** Requests that are not finished. */
  get length(): number {
    return this.waiting.length + this.active.length + (this.running === null ? 0 : 1)
  }

  /**
   * Never rejects: what goes wrong is in the outcome.
   * @param signal aborted with a ServiceError: the request's remaining work is dropped
   * @param arrivedMs `epochMs` of its arrival
   */
  submit(work: Work, signal: AbortSignal, arrivedMs: number): Promise<WorkOutcome> {
    // What only closes sessions frees room and is never refused.
    if (this.length >= this.maxQueue && work.steps.length + work.forks.length > 0)
      return Promise.resolve(this.refusal())
    const job = new Job(this.context, work, signal, arrivedMs)
    return new Promise((resolve) => {
      this.waiting.push({ job, resolve })
      void this.drive()
    })
  }

  private async drive(): Promise<void> {
    if (this.isDriving) return
    this.isDriving = true
    try {
      for (;;) {
        this.admit()
        this.running = this.active.shift() ?? null
        if (this.running === null) return
        await this.takeTurn(this.running)
      }
    } finally {
      this.isDriving = false
    }
  }

  /** Starts every waiting request whose sessions are free, in order. */
  private admit(): void {
    const claimed = new Set(this.busySessions)
    const entries = this.waiting
    this.waiting = []
    for (const entry of entries) {
      const { job } = entry
      if (isDisjoint(job.sessionIds, claimed)) this.start(entry, claimed)
      else {
        for (const id of job.sessionIds) claimed.add(id)
        this.waiting.push(entry)
      }
    }
  }

  private start(entry: Entry, claimed: Set<string>): void {
    const { job } = entry
    this.context.store.use(job.sessionIds)
    if (job.signal.aborted) job.cancel(ServiceError.from(job.signal.reason))
    else job.start()
    if (job.isDone) {
      this.finish(entry)
      return
    }
    for (const id of job.sessionIds) {
      this.busySessions.add(id)
      claimed.add(id)
    }
    this.active.push(entry)
  }

  /** One forward of one request. A batch would gather the next forwards of several active requests here and run them at once. */
  private async takeTurn(entry: Entry): Promise<void> {
    const { job } = entry
    if (!job.signal.aborted) await job.advance()
    this.running = null
    if (job.signal.aborted && !job.isDone) job.cancel(ServiceError.from(job.signal.reason))
    if (job.isDone) this.finish(entry)
    else this.active.push(entry)
  }

  private refusal(): WorkOutcome {
    const error = resourceExhausted(
      `${this.maxQueue} requests wait already, the most this service queues (TANDEM_MAX_QUEUE): try again later`,
    )
    return { results: [], failure: error.toFailure(), queueUs: 0, computeUs: 0 }
  }

  private finish({ job, resolve }: Entry): void {
    const outcome = job.finish()
    for (const id of job.sessionIds) this.busySessions.delete(id)
    this.context.store.release(job.sessionIds)
    resolve(outcome)
  }
}

const isDisjoint = (ids: ReadonlySet<string>, others: ReadonlySet<string>) => [...ids].every((id) => !others.has(id))
