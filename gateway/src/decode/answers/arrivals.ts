/** What a source gave: its next value, its end or its error. */
export interface Arrival<T> {
  /** The index of the source. */
  readonly index: number
  readonly settled: PromiseSettledResult<IteratorResult<T, void>>
}

/** Receives the values of several sources in the order in which they arrive. */
export class Arrivals<T> {
  private readonly ready: Arrival<T>[] = []
  private wake = () => {}

  /** Asks a source for its next value. It must have given the last one. */
  request(index: number, source: AsyncGenerator<T, void>): void {
    const settle = (settled: Arrival<T>['settled']) => {
      this.ready.push({ index, settled })
      this.wake()
    }
    source.next().then(
      (value) => settle({ status: 'fulfilled', value }),
      (reason: unknown) => settle({ status: 'rejected', reason }),
    )
  }

  /** Waits for the next arrival. At least one source must have been asked. */
  async next(): Promise<Arrival<T>> {
    for (;;) {
      const next = this.ready.shift()
      if (next) return next
      await new Promise<void>((resolve) => {
        this.wake = resolve
      })
    }
  }
}
