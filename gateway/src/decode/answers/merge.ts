/**
 * What several sources give, as it comes, with the number of its source. Each is asked for its next as soon as its last has been
 * taken. What one throws is thrown, and the others are asked no more.
 */
export async function* merge<T>(
  sources: readonly AsyncGenerator<T, void>[],
): AsyncGenerator<readonly [number, T], void> {
  const ready: { index: number; settled: PromiseSettledResult<IteratorResult<T, void>> }[] = []
  let wake = () => {}
  const ask = (index: number, source: AsyncGenerator<T, void>) => {
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
  for (const [index, source] of sources.entries()) ask(index, source)
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
    ask(index, source)
  }
}
