import { resourceExhausted, ServiceError } from '../../errors.js'
import type { Forward } from '../engine.js'
import type { EngineStats } from '../engine-stats.js'
import type { LogitsRow } from '../logits/logits-row.js'
import type { Work, WorkOutcome } from '../work.js'
import { BatchWait } from './batch-wait.js'
import { Job } from './job.js'
import { type BatchLimits, chooseNextBatch, isPrompt, type NextBatch } from './next-batch.js'
import { type RunResult, runBatch } from './run-batch.js'
import { type QueuedJob, StartQueue } from './start-queue.js'
import type { StepContext } from './step-run.js'

/**
 * scheduler/ chooses what runs next. It knows neither memory management nor ports. A job is one
 * message of the gateway, with steps of one or several sessions.
 */

/** Limits of a batch and of the queue. */
export interface SchedulerLimits extends BatchLimits {
  /** Maximum number of unfinished jobs. */
  readonly maxQueue: number
}

/**
 * Decides which steps run next. Decode steps of different sessions run as one batch, across
 * jobs. Prompts run in chunks, alternating with these batches and with each other. Jobs of one
 * session run one after the other, in the order of their arrival.
 */
export class Scheduler {
  private readonly startQueue: StartQueue
  /** Started jobs, in the order in which they are served. */
  private active: QueuedJob[] = []
  private readonly batchWait = new BatchWait()
  private lastKind: NextBatch['kind'] = 'decode'
  private isDriving = false
  private isRunning = false
  /** Set while nothing runs and jobs wait until a session can be evicted. */
  private retry: NodeJS.Timeout | undefined

  constructor(
    private readonly context: StepContext,
    private readonly limits: SchedulerLimits,
    private readonly stats: EngineStats,
  ) {
    this.startQueue = new StartQueue(context.store)
  }

  /** Number of unfinished jobs. */
  get length(): number {
    return this.startQueue.length + this.active.length
  }

  /**
   * Queues a job. The promise never rejects: failures are in the outcome.
   * @param signal aborted with a ServiceError: the job's remaining work is dropped
   * @param arrivedMs time of arrival, as `epochMs` gives it
   */
  submit(work: Work, signal: AbortSignal, arrivedMs: number): Promise<WorkOutcome> {
    // A job that only closes sessions frees memory and is never refused.
    if (this.length >= this.limits.maxQueue && work.steps.length + work.forks.length > 0)
      return Promise.resolve(this.refusal())
    const job = new Job(this.context, work, signal, arrivedMs)
    // A job that waits for memory is answered as soon as it is cancelled.
    signal.addEventListener('abort', () => void this.drive(), { once: true })
    return new Promise((resolve) => {
      this.startQueue.add({ job, resolve })
      this.stats.add('queueLength', 1)
      // Between two runs, start it at once: a job that only reads rows again need not wait for
      // the next batch.
      if (!this.isRunning) this.admit()
      this.batchWait.arrived([...job.steppedSessionIds, ...work.closeSessionIds])
      void this.drive()
    })
  }

  /** Ends the retries: waiting jobs are not tried again. */
  stop(): void {
    clearTimeout(this.retry)
  }

  /** The main loop: schedule, run, postprocess, until no job is active. */
  private async drive(): Promise<void> {
    if (this.isDriving) return
    this.isDriving = true
    clearTimeout(this.retry)
    try {
      for (let isFirst = true; ; isFirst = false) {
        // If the engine is idle and no other session is expected, a decode step runs at once: an
        // iteration of the event loop takes 0.15 ms. A chunk of a prompt takes far longer, and on a
        // busy machine its cancellation often arrives together with it.
        if (!isFirst || this.batchWait.isPending || this.hasPrompt) await pendingMessages()
        const batch = await this.schedule()
        // Before the run, because a metric may be read while the model runs.
        this.context.store.writeStats(this.stats)
        if (batch !== null) await this.postprocess(batch, await this.run(batch))
        else if (this.active.length === 0) break
      }
    } finally {
      this.isDriving = false
    }
    this.retryLater()
  }

  private get hasPrompt(): boolean {
    return this.active.some(({ job }) => job.ready.some(isPrompt))
  }

  /**
   * Chooses the next batch. A decode batch that is not full first waits a little for the sessions
   * of the last run.
   */
  private async schedule(): Promise<NextBatch | null> {
    const batch = this.chooseNextBatch()
    if (batch === null || batch.kind === 'prefill' || batch.parts.length >= this.limits.maxBatch) return batch
    await this.batchWait.wait()
    return this.chooseNextBatch()
  }

  private async run(batch: NextBatch): Promise<RunResult> {
    this.lastKind = batch.kind
    this.isRunning = true
    const result = await runBatch(this.context, batch)
    this.stats.add('runs', 1)
    this.stats.add('busyMs', result.runMs)
    return result
  }

  /**
   * Gives each job its rows, answers the jobs that are done, and moves the others to the end of the
   * order.
   */
  private async postprocess({ parts }: NextBatch, { forwards, outcomes, runMs }: RunResult): Promise<void> {
    this.isRunning = false
    const jobs = new Set(parts.map(({ job }) => job))
    const ran = this.active.filter(({ job }) => jobs.has(job))
    this.active = this.active.filter(({ job }) => !jobs.has(job))
    const answered: QueuedJob[] = []
    for (const queued of ran) {
      parts.forEach(({ job, run }, i) => {
        if (job === queued.job)
          job.receive(run, forwards[i] as Forward, outcomes[i] as readonly LogitsRow[] | ServiceError)
      })
      if (queued.job.isDone) {
        this.finish(queued)
        answered.push(queued)
      } else this.active.push(queued)
      // Answers are sent one by one: the first need not wait until the rows of the last have been
      // read.
      await null
    }
    this.expectNextSteps(answered, runMs)
  }

  private chooseNextBatch(): NextBatch | null {
    this.admit()
    this.dropCancelled()
    return chooseNextBatch(
      this.active.map(({ job }) => job),
      this.lastKind,
      this.limits,
    )
  }

  private admit(): void {
    this.startQueue.admit((queued, needs) => this.start(queued, needs))
  }

  private start(queued: QueuedJob, needs: ReadonlyMap<string, number>): void {
    const { job } = queued
    if (job.signal.aborted) job.cancel(ServiceError.from(job.signal.reason))
    else job.start(needs)
    if (job.isDone) this.finish(queued)
    else this.active.push(queued)
  }

  private dropCancelled(): void {
    const cancelled = this.active.filter(({ job }) => job.signal.aborted)
    if (cancelled.length === 0) return
    this.active = this.active.filter(({ job }) => !job.signal.aborted)
    for (const queued of cancelled) {
      queued.job.cancel(ServiceError.from(queued.job.signal.reason))
      this.finish(queued)
    }
    this.admit()
  }

  private expectNextSteps(answered: readonly QueuedJob[], runMs: number): void {
    this.batchWait.expect(
      answered.filter(({ job }) => !job.signal.aborted).flatMap(({ job }) => job.steppedSessionIds),
      runMs,
    )
    this.batchWait.arrived(this.startQueue.steppedSessionIds)
  }

  /**
   * Tries the waiting jobs again once a session can be evicted. Nothing is active now, so they
   * wait for sessions that were used a moment ago. A submit, a close and a cancellation start the
   * loop too.
   */
  private retryLater(): void {
    if (this.startQueue.length === 0) return
    this.retry = setTimeout(() => void this.drive(), Math.ceil(this.context.store.nextEvictableMs))
    this.retry.unref()
  }

  private refusal(): WorkOutcome {
    const error = resourceExhausted(
      `the queue is full: ${this.limits.maxQueue} requests are waiting (TANDEM_MAX_QUEUE). Retry later`,
    )
    return { results: [], failure: error.toFailure(), queueUs: 0, computeUs: 0, runs: [] }
  }

  private finish({ job, resolve }: QueuedJob): void {
    const outcome = job.finish()
    this.startQueue.release(job)
    this.stats.add('queueLength', -1)
    resolve(outcome)
  }
}

/** Resolves once the messages that came during the last run have been received. */
const pendingMessages = () => new Promise((resolve) => setImmediate(resolve))
