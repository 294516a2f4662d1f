/** How many items are worked on. */
export interface Bounds {
  /** Maximum items at once. */
  readonly concurrency: number
  /** Maximum items from the oldest unfinished one to the newest. Finished ones wait their turn. */
  readonly window: number
}

/**
 * Works on many items at once and yields the results in the order of the items. The first error
 * aborts all other work; results before it that are ready are yielded first.
 * @param work gets a signal that also aborts when other work fails, or the reader stops
 * @throws the first error of `work`; the signal's reason
 */
export async function* mapInOrder<T, R>(
  items: AsyncIterable<T>,
  bounds: Bounds,
  work: (item: T, signal: AbortSignal) => Promise<R>,
  signal: AbortSignal,
): AsyncGenerator<R> {
  const iterator = items[Symbol.asyncIterator]()
  const tasks = new Tasks(bounds, work, signal)
  try {
    for (let isRead = false; ; ) {
      while (!isRead && tasks.hasRoom) {
        const next = await iterator.next()
        if (next.done) isRead = true
        else tasks.start(next.value)
      }
      const oldest = await tasks.waitForOne()
      if (!oldest) break
      if (oldest.isOver) yield await tasks.takeOldest()
    }
    tasks.throwIfStopped()
  } finally {
    await tasks.stop()
    await iterator.return?.()
  }
}

/** Work on an item. */
interface Task<R> {
  readonly result: Promise<R>
  /** Set when the work has ended. */
  isOver: boolean
}

/** The work from the oldest unfinished item to the newest. */
class Tasks<T, R> {
  private readonly stopping = new AbortController()
  private readonly either: AbortSignal
  private readonly tasks: Task<R>[] = []
  private readonly running = new Set<Promise<unknown>>()

  constructor(
    private readonly bounds: Bounds,
    private readonly work: (item: T, signal: AbortSignal) => Promise<R>,
    signal: AbortSignal,
  ) {
    this.either = AbortSignal.any([signal, this.stopping.signal])
  }

  get hasRoom(): boolean {
    const { concurrency, window } = this.bounds
    return !this.either.aborted && this.running.size < concurrency && this.tasks.length < window
  }

  /** Starts work, unless work has failed while the item was read. */
  start(item: T): void {
    if (this.either.aborted) return
    const task: Task<R> = { result: this.work(item, this.either), isOver: false }
    const end = task.result
      .catch((error: unknown) => this.stopping.abort(error))
      .finally(() => {
        task.isOver = true
        this.running.delete(end)
      })
    this.running.add(end)
    this.tasks.push(task)
  }

  /** Waits until any work has ended, unless the oldest has. Returns the oldest, if there is one. */
  async waitForOne(): Promise<Task<R> | undefined> {
    const [oldest] = this.tasks
    if (oldest && !oldest.isOver) await Promise.race(this.running)
    return oldest
  }

  /**
   * Takes the oldest result.
   * @throws the first error of all work: the oldest may have failed only because it was aborted
   */
  async takeOldest(): Promise<R> {
    const task = this.tasks.shift() as Task<R>
    try {
      return await task.result
    } catch (error) {
      throw this.stopping.signal.reason ?? error
    }
  }

  throwIfStopped(): void {
    this.either.throwIfAborted()
  }

  /** Aborts all work and waits for its end. */
  async stop(): Promise<void> {
    this.stopping.abort(new Error('no more results are read'))
    await Promise.all(this.running)
  }
}
