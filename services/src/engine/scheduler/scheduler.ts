import { resourceExhausted, ServiceError } from '../../errors.js'
import type { Forward } from '../engine.js'
import { Job } from './job.js'
import type { LogitsRow } from '../logits/logits-row.js'
import type { Work, WorkOutcome } from '../work.js'
import { Peers } from './batch-wait.js'
import type { StepContext } from './step-run.js'
import { nextTurn, type Turn, type TurnLimits } from './next-batch.js'

export interface SchedulerLimits extends TurnLimits {
  /** Most requests that are not finished. */
  maxQueue: number
}

interface Entry {
  job: Job
  resolve: (outcome: WorkOutcome) => void
}

/**
 * Decides whose forwards are next. Decode steps of different sessions run as one batch, whoever asked for them; prompts take turns
 * with it and with each other, a chunk each. Requests of one session go one after the other, in the order they came.
 *
 * A request that finds no room waits for it: docs/decisions/waiting-for-room.md.
 */
export class Scheduler {
  /** Wait for a session that an earlier request uses, for the current run to end, or for room. */
  private waiting: Entry[] = []
  /** In the order of their turns. */
  private active: Entry[] = []
  private readonly busySessions = new Set<string>()
  private readonly peers = new Peers()
  private lastKind: Turn['kind'] = 'decode'
  private isDriving = false
  private isRunning = false
  /** Set while nothing runs and requests wait for the grace of a session. */
  private retry: NodeJS.Timeout | undefined

  constructor(
    private readonly context: StepContext,
    private readonly limits: SchedulerLimits,
  ) {}

  /** Requests that are not finished. */
  get length(): number {
    return this.waiting.length + this.active.length
  }

  /**
   * Never rejects: what goes wrong is in the outcome.
   * @param signal aborted with a ServiceError: the request's remaining work is dropped
   * @param arrivedMs `epochMs` of its arrival
   */
  submit(work: Work, signal: AbortSignal, arrivedMs: number): Promise<WorkOutcome> {
    // What only closes sessions frees room and is never refused.
    if (this.length >= this.limits.maxQueue && work.steps.length + work.forks.length > 0)
      return Promise.resolve(this.refusal())
    const job = new Job(this.context, work, signal, arrivedMs)
    // One that waits for room is let go at once.
    signal.addEventListener('abort', () => void this.drive(), { once: true })
    return new Promise((resolve) => {
      this.waiting.push({ job, resolve })
      // Between two runs at once: what only reads rows again need not wait for the next batch to gather.
      if (!this.isRunning) this.admit()
      this.peers.arrived([...job.steppedSessionIds, ...work.closeSessionIds])
      void this.drive()
    })
  }

  /** No request is tried again after this. */
  stop(): void {
    clearTimeout(this.retry)
  }

  private async drive(): Promise<void> {
    if (this.isDriving) return
    this.isDriving = true
    clearTimeout(this.retry)
    try {
      for (let isFirst = true; ; isFirst = false) {
        // A step that finds the engine idle, and that nobody is likely to join, runs at once: a turn of the event loop is 0.15 ms.
        if (!isFirst || this.peers.isMissed) await arrivals()
        const turn = await this.gather()
        if (turn !== null) await this.take(turn)
        else if (this.active.length === 0) break
      }
    } finally {
      this.isDriving = false
    }
    // Nothing is active: who waits, waits for sessions that were used a moment ago. A submit, a close and a cancellation drive too.
    if (this.waiting.length === 0) return
    this.retry = setTimeout(() => void this.drive(), Math.ceil(this.context.store.nextEvictableMs))
    this.retry.unref()
  }

  /** The next turn, after a short wait for those who are likely to join it. */
  private async gather(): Promise<Turn | null> {
    const turn = this.nextTurn()
    if (turn === null || turn.kind === 'prefill' || turn.parts.length >= this.limits.maxBatch) return turn
    await this.peers.wait()
    return this.nextTurn()
  }

  private nextTurn(): Turn | null {
    this.admit()
    this.dropCancelled()
    return nextTurn(
      this.active.map(({ job }) => job),
      this.lastKind,
      this.limits,
    )
  }

  private admit(): void {
    while (this.admitOnce());
  }

  /**
   * Starts the waiting requests whose sessions are free and for whose steps there is room, in order; those whose sessions are held
   * first, for they are what newcomers wait for. @returns whether one of them is done already, so that others may find room
   */
  private admitOnce(): boolean {
    const claimed = new Set(this.busySessions)
    const free = this.waiting.filter(({ job }) => {
      const isFree = isDisjoint(job.sessionIds, claimed)
      for (const id of job.sessionIds) claimed.add(id)
      return isFree
    })
    const newcomers = new Set(free.filter(({ job }) => job.isNewcomer))
    const started = new Set<Entry>()
    let isRoomAwaited = false
    for (const entry of [...free.filter((other) => !newcomers.has(other)), ...newcomers]) {
      const { job } = entry
      const room = job.signal.aborted ? 'never' : job.room
      if (room === 'later' || (room === 'now' && isRoomAwaited && newcomers.has(entry))) {
        isRoomAwaited = true
        continue
      }
      started.add(entry)
      this.start(entry)
    }
    this.waiting = this.waiting.filter((entry) => !started.has(entry))
    return [...started].some(({ job }) => job.isDone)
  }

  private start(entry: Entry): void {
    const { job } = entry
    this.context.store.use(job.sessionIds)
    if (job.signal.aborted) job.cancel(ServiceError.from(job.signal.reason))
    else job.start()
    if (job.isDone) {
      this.finish(entry)
      return
    }
    for (const id of job.sessionIds) this.busySessions.add(id)
    this.active.push(entry)
  }

  private dropCancelled(): void {
    const cancelled = this.active.filter(({ job }) => job.signal.aborted)
    if (cancelled.length === 0) return
    this.active = this.active.filter(({ job }) => !job.signal.aborted)
    for (const entry of cancelled) {
      entry.job.cancel(ServiceError.from(entry.job.signal.reason))
      this.finish(entry)
    }
    this.admit()
  }

  /** One run of the model, and what needs none after it. */
  private async take({ kind, parts }: Turn): Promise<void> {
    this.lastKind = kind
    const jobs = new Set(parts.map(({ job }) => job))
    const taken = this.active.filter(({ job }) => jobs.has(job))
    for (const { job } of taken) job.beginRun()
    const forwards = parts.map(({ run }) => run.forward)
    const startedMs = performance.now()
    this.isRunning = true
    const outcomes = await this.run(forwards)
    this.isRunning = false
    const runMs = performance.now() - startedMs
    for (const { job } of taken) job.endRun(runMs)
    this.active = this.active.filter(({ job }) => !jobs.has(job))
    const answered: Entry[] = []
    for (const entry of taken) {
      parts.forEach(({ job, run }, i) => {
        if (job === entry.job) job.take(run, forwards[i] as Forward, outcomes[i] as readonly LogitsRow[] | ServiceError)
      })
      if (entry.job.isDone) {
        this.finish(entry)
        answered.push(entry)
      } else this.active.push(entry)
      // Answers leave one by one: the first need not wait until the rows of the last have been read.
      await null
    }
    this.expect(answered, runMs)
  }

  /** A batch that fails is run one by one, so that only who is the cause fails. */
  private async run(forwards: readonly Forward[]): Promise<(readonly LogitsRow[] | ServiceError)[]> {
    const { engine, store } = this.context
    if (forwards.length > 1) {
      const batch = await engine.runBatch(forwards, store.batchBytes).catch(() => null)
      if (batch !== null) return batch
    }
    const outcomes = []
    for (const forward of forwards) outcomes.push(await engine.run(forward).catch(ServiceError.from))
    return outcomes
  }

  private expect(answered: readonly Entry[], runMs: number): void {
    this.peers.expect(
      answered.filter(({ job }) => !job.signal.aborted).flatMap(({ job }) => job.steppedSessionIds),
      runMs,
    )
    this.peers.arrived(this.waiting.flatMap(({ job }) => job.steppedSessionIds))
  }

  private refusal(): WorkOutcome {
    const error = resourceExhausted(
      `${this.limits.maxQueue} requests wait already, the most this service queues (TANDEM_MAX_QUEUE): try again later`,
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

/** Resolves once the messages that came during the last run have been received. */
const arrivals = () => new Promise((resolve) => setImmediate(resolve))

const isDisjoint = (ids: ReadonlySet<string>, others: ReadonlySet<string>) => [...ids].every((id) => !others.has(id))
