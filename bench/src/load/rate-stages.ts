/** A rate of arrivals for some seconds. */
export interface RateStage {
  readonly perSecond: number
  readonly seconds: number
}

/**
 * Returns when the next request arrives. In a Poisson process, the expected number of arrivals
 * between two of them is exponential with mean 1, whatever the rate does meanwhile.
 * @param fromMs time of the last arrival, since the start of the first stage
 * @param expected the drawn number of expected arrivals until the next one
 * @returns milliseconds since the start of the first stage; infinite if no stage is left
 */
export function timeOfArrival(stages: readonly RateStage[], fromMs: number, expected: number): number {
  let [atMs, endMs, left] = [fromMs, 0, expected]
  for (const { perSecond, seconds } of stages) {
    endMs += 1000 * seconds
    if (endMs <= atMs) continue
    const inStage = (perSecond * (endMs - atMs)) / 1000
    if (perSecond > 0 && left <= inStage) return atMs + (1000 * left) / perSecond
    left -= inStage
    atMs = endMs
  }
  return Number.POSITIVE_INFINITY
}
