import type { Work } from './tokenizer/work.js'

/** A task in the queue, and what is called at its end. */
export interface QueuedWork<T> {
  readonly id: number
  readonly work: Work<T>
  readonly onEnd: (outcome: WorkOutcome<T>) => void
}

/** The result of a task, or what it threw. */
export type WorkOutcome<T> =
  | { readonly type: 'done'; readonly value: T }
  | { readonly type: 'failed'; readonly error: unknown }

/** Steps that one task does before another one may run: usually 5 to 10 ms. */
const stepsPerTurn = 8
/** Turns by which a new task is ahead: some 0.3 s, in which a short task ends. */
const turnsAhead = 32

/**
 * Tasks that share one thread. The next turn belongs to the task that has had the fewest turns, the
 * oldest of equals. So a short task ends before the long ones that came first. A new task is ahead
 * of the others by some turns only: a flow of new tasks does not stop a long one.
 */
export class FairQueue<T> {
  private readonly waiting: { readonly entry: QueuedWork<T>; turns: number }[] = []

  get isEmpty(): boolean {
    return this.waiting.length === 0
  }

  add(entry: QueuedWork<T>): void {
    const least = Math.min(...this.waiting.map(({ turns }) => turns))
    this.waiting.push({ entry, turns: this.isEmpty ? 0 : Math.max(0, least - turnsAhead) })
  }

  /** Drops a task. Its `onEnd` is not called. */
  remove(id: number): void {
    const index = this.waiting.findIndex(({ entry }) => entry.id === id)
    if (index >= 0) this.waiting.splice(index, 1)
  }

  /** Does one turn of the next task. */
  takeTurn(): void {
    const [first, ...others] = this.waiting
    if (first === undefined) return
    const next = others.reduce((best, each) => (each.turns < best.turns ? each : best), first)
    next.turns++
    const outcome = doSteps(next.entry.work)
    if (outcome === null) return
    this.remove(next.entry.id)
    next.entry.onEnd(outcome)
  }
}

/** Does the steps of one turn. Returns null if the task has not ended. */
function doSteps<T>(work: Work<T>): WorkOutcome<T> | null {
  try {
    for (let step = 0; step < stepsPerTurn; step++) {
      const { done, value } = work.next()
      if (done === true) return { type: 'done', value }
    }
    return null
  } catch (error) {
    return { type: 'failed', error }
  }
}
