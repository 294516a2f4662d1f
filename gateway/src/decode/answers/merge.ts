import { Arrivals } from './arrivals.js'

/**
 * Yields the values of several sources in the order in which they arrive, each with the index of
 * its source. A source is asked for its next value only after its last one was consumed. If a
 * source throws, `merge` throws the same error and asks no other source again.
 */
export async function* merge<T>(
  sources: readonly AsyncGenerator<T, void>[],
): AsyncGenerator<readonly [number, T], void> {
  const arrivals = new Arrivals<T>()
  let running = sources.length
  for (const [index, source] of sources.entries()) arrivals.request(index, source)
  while (running > 0) {
    const { index, settled } = await arrivals.next()
    if (settled.status === 'rejected') throw settled.reason
    const source = sources[index]
    if (settled.value.done || !source) {
      running--
      continue
    }
    yield [index, settled.value.value]
    arrivals.request(index, source)
  }
}
