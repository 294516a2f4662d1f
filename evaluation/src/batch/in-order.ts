/** How many items are worked on. */
export interface Bounds {
  /** Maximum items at once. */
  readonly concurrency: number
  /** Maximum items from the oldest unfinished one to the newest: finished ones wait for their turn. */
  readonly window: number
}

/** Work on an item. `isOver` is set when it has ended. */
interface Task<R> {
  readonly result: Promise<R>
  isOver: boolean
}

/**
 * Works on many items at once and yields the results in the order of the items. The first error
 * aborts all other work; results before it that are ready are yielded first.
 * @param work gets a signal that also aborts when other work fails, or the reader stops
 * @throws the first error of `work`; the signal's reason
 */
export async function* mapInOrder<T, R>(
  items: AsyncIterable<T>,
  { concurrency, window }: Bounds,
  work: (item: T, signal: AbortSignal) => Promise<R>,
  signal: AbortSignal,
): AsyncGenerator<R> {
  const stopping = new AbortController()
  const either = AbortSignal.any([signal, stopping.signal])
  const iterator = items[Symbol.asyncIterator]()
  const tasks: Task<R>[] = []
  const running = new Set<Promise<unknown>>()
  const start = (item: T) => {
    const result = work(item, either)
    const task: Task<R> = { result, isOver: false }
    const end = result
      .catch((error: unknown) => stopping.abort(error))
      .finally(() => {
        task.isOver = true
        running.delete(end)
      })
    running.add(end)
    tasks.push(task)
  }
  try {
    for (let isRead = false; ; ) {
      while (!isRead && !either.aborted && running.size < concurrency && tasks.length < window) {
        const next = await iterator.next()
        if (next.done) isRead = true
        else start(next.value)
      }
      const [oldest] = tasks
      if (!oldest) break
      if (!oldest.isOver) await Promise.race(running)
      if (oldest.isOver) {
        // After another item's error, this one may have failed only because it was aborted.
        yield await oldest.result.catch((error: unknown) => Promise.reject(stopping.signal.reason ?? error))
        tasks.shift()
      }
    }
    signal.throwIfAborted()
    stopping.signal.throwIfAborted()
  } finally {
    stopping.abort(new Error('no more results are read'))
    await Promise.all(running)
    await iterator.return?.()
  }
}
