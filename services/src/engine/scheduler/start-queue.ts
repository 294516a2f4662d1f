import type { SessionStore } from '../sessions/session-store.js'
import type { WorkOutcome } from '../work.js'
import type { Job } from './job.js'

/** A queued job, and what answers it. */
export interface QueuedJob {
  readonly job: Job
  resolve(outcome: WorkOutcome): void
}

/**
 * Jobs that wait: for a session that an earlier job uses, for the end of the current run,
 * or for memory. Decides which of them start; docs/decisions/admission.md has the reasons.
 */
export class StartQueue {
  private waiting: QueuedJob[] = []
  private readonly busySessions = new Set<string>()

  constructor(private readonly store: SessionStore) {}

  get length(): number {
    return this.waiting.length
  }

  /** Sessions that the waiting jobs append tokens to. */
  get steppedSessionIds(): string[] {
    return this.waiting.flatMap(({ job }) => job.steppedSessionIds)
  }

  add(queued: QueuedJob): void {
    this.waiting.push(queued)
  }

  /**
   * Starts all jobs that can start, in order.
   * @param start receives the bytes that each of the job's sessions will hold; it calls `release`
   * if the job is done at once
   */
  admit(start: (queued: QueuedJob, needs: ReadonlyMap<string, number>) => void): void {
    while (this.admitOnce(start));
  }

  /** Ends the use of the sessions of a job: later jobs can use them. */
  release({ sessionIds }: Job): void {
    for (const id of sessionIds) this.busySessions.delete(id)
    this.store.release(sessionIds)
  }

  /**
   * Starts waiting jobs if no earlier job uses their sessions and their steps fit into memory.
   * Jobs whose sessions exist start before jobs that open a session.
   * @returns whether a started job is done already, so that others may fit now
   */
  private admitOnce(start: Parameters<StartQueue['admit']>[0]): boolean {
    const candidates = this.withFreeSessions()
    const opening = new Set(candidates.filter(({ job }) => job.opensSession))
    const started = new Set<QueuedJob>()
    let isMemoryAwaited = false
    for (const queued of [...candidates.filter((other) => !opening.has(other)), ...opening]) {
      const { job } = queued
      const needs = job.kvNeeds()
      const fit = job.signal.aborted ? 'never' : this.store.fits(job.sessionIds, needs)
      // A small new session does not overtake a large one.
      if (fit === 'later' || (fit === 'now' && isMemoryAwaited && opening.has(queued))) {
        isMemoryAwaited = true
        continue
      }
      started.add(queued)
      this.claim(job)
      start(queued, needs)
    }
    this.waiting = this.waiting.filter((queued) => !started.has(queued))
    return [...started].some(({ job }) => job.isDone)
  }

  /** Waiting jobs whose sessions no earlier job uses or waits for. */
  private withFreeSessions(): QueuedJob[] {
    const claimed = new Set(this.busySessions)
    return this.waiting.filter(({ job }) => {
      const isFree = [...job.sessionIds].every((id) => !claimed.has(id))
      for (const id of job.sessionIds) claimed.add(id)
      return isFree
    })
  }

  private claim({ sessionIds }: Job): void {
    for (const id of sessionIds) this.busySessions.add(id)
    this.store.use(sessionIds)
  }
}
