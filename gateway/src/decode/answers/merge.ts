/**
 * Yields the values of several sources in the order in which they arrive, each with the index of
 * its source. A source is asked for its next value only after its last one was consumed. If a
 * source throws, `merge` throws the same error and asks no other source again.
 */
export async function* merge<T>(
  sources: readonly AsyncGenerator<T, void>[],
): AsyncGenerator<readonly [number, T], void> {
  const ready: { index: number; settled: PromiseSettledResult<IteratorResult<T, void>> }[] = []
  let wake = () => {}
  const request = (index: number, source: AsyncGenerator<T, void>) => {
    const settle = (settled: PromiseSettledResult<IteratorResult<T, void>>) => {
      ready.push({ index, settled })
      wake()
    }
    source.next().then(
      (value) => settle({ status: 'fulfilled', value }),
      (reason: unknown) => settle({ status: 'rejected', reason }),
    )
  }
  let running = sources.length
  for (const [index, source] of sources.entries()) request(index, source)
  while (running > 0) {
    const next = ready.shift()
    if (!next) {
      await new Promise<void>((resolve) => {
        wake = resolve
      })
      continue
    }
    const { index, settled } = next
    if (settled.status === 'rejected') throw settled.reason
    const source = sources[index]
    if (settled.value.done || !source) {
      running--
      continue
    }
    yield [index, settled.value.value]
    request(index, source)
  }
}
