/** Returns the cost of `run(10 * size)` in units of ten `run(size)`: linear 1, quadratic 10. */
export function costGrowth(run: (size: number) => void, size: number): number {
  let small = Number.POSITIVE_INFINITY
  let large = Number.POSITIVE_INFINITY
  // The best of several, which alternate: the first ones also compile the code, and a machine that
  // is slow for a time is slow for both.
  for (let i = 0; i < 5; i++) {
    small = Math.min(
      small,
      costOf(10, () => run(size)),
    )
    large = Math.min(
      large,
      costOf(1, () => run(10 * size)),
    )
  }
  return large / small
}

/** Measures the time of the processor: others that use it do not count. */
function costOf(times: number, run: () => void): number {
  const before = process.cpuUsage()
  for (let i = 0; i < times; i++) run()
  const { user, system } = process.cpuUsage(before)
  return user + system
}
