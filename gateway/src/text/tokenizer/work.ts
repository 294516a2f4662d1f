/**
 * Work in steps, most of which take about a millisecond. It yields where other work may run, and
 * returns its result.
 */
export type Work<T> = Generator<void, T, void>

/** Does all steps of a task, one after another. */
export function finishWork<T>(work: Work<T>): T {
  for (;;) {
    const { done, value } = work.next()
    if (done === true) return value
  }
}
