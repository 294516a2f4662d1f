import { Arrivals } from './arrivals.js'

/** Starts a source. The signal ends it at any point. */
export type StartSource<T> = (signal: AbortSignal) => AsyncGenerator<T, void>

/**
 * Takes a place for one more source.
 * @returns the function that gives the place back; null if no place is free now
 */
export type TakePlace = () => (() => void) | null

/** How many sources run at the same time. */
export interface Places {
  /** Maximum number of sources that run at the same time, at least 1. */
  readonly limit: number
  /** Is asked for each source besides the first one that runs. */
  readonly take: TakePlace
}

/**
 * Runs sources at the same time and yields their values in the order in which they arrive, each
 * with the index of its source. Sources start in their order: one always runs, and each further one
 * starts as soon as it gets a place. Places are tried again whenever a value or an end arrives.
 *
 * If a source throws, this throws the same error. Then, and if the reader stops, all sources are
 * aborted, and they have ended before this generator ends.
 */
export async function* runTogether<T>(
  starts: readonly StartSource<T>[],
  places: Places,
  signal: AbortSignal,
): AsyncGenerator<readonly [number, T], void> {
  const pool = new Pool(starts, places, signal)
  try {
    for (pool.fill(); pool.isRunning; pool.fill()) {
      const { index, settled } = await pool.arrivals.next()
      if (settled.status === 'rejected') throw settled.reason
      if (settled.value.done) {
        pool.end(index)
        continue
      }
      yield [index, settled.value.value]
      pool.request(index)
    }
  } finally {
    await pool.close()
  }
}

/** The sources that run, and the places that they hold. */
class Pool<T> {
  readonly arrivals = new Arrivals<T>()
  private readonly running = new Map<number, AsyncGenerator<T, void>>()
  /** One for each source that runs, except for one of them. */
  private readonly held: (() => void)[] = []
  private readonly ending = new AbortController()
  private readonly signal: AbortSignal
  private started = 0

  constructor(
    private readonly starts: readonly StartSource<T>[],
    private readonly places: Places,
    signal: AbortSignal,
  ) {
    this.signal = AbortSignal.any([signal, this.ending.signal])
  }

  get isRunning(): boolean {
    return this.running.size > 0
  }

  /** Starts as many of the next sources as there are places. */
  fill(): void {
    for (let start = this.starts[this.started]; start && this.takePlace(); start = this.starts[this.started]) {
      const index = this.started++
      this.running.set(index, start(this.signal))
      this.request(index)
    }
  }

  request(index: number): void {
    const source = this.running.get(index)
    if (source) this.arrivals.request(index, source)
  }

  end(index: number): void {
    this.running.delete(index)
    this.held.pop()?.()
  }

  /** Ends all sources that still run. */
  async close(): Promise<void> {
    if (this.isRunning) this.ending.abort()
    await Promise.allSettled([...this.running.values()].map((source) => source.return()))
    for (const release of this.held) release()
  }

  private takePlace(): boolean {
    if (this.running.size === 0) return true
    if (this.running.size >= this.places.limit) return false
    const release = this.places.take()
    if (release) this.held.push(release)
    return release !== null
  }
}
