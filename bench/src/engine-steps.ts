import type { ServiceSession, StepTiming } from '@tandem/cli'

/**
 * Returns token ids without meaning. Another `seed` gives other ids, which no engine has computed
 * before.
 */
export const syntheticIds = (count: number, seed = 0): number[] =>
  Array.from({ length: count }, (_, i) => 100 + ((i * 7 + seed * 131) % 4000))

const greedyReadout = [{ topK: { k: 1 } }]

/**
 * Decodes tokens one by one after the first `length` tokens of a session, then truncates it again.
 * Reads the best next id after each token.
 */
export async function timeSteps(
  session: ServiceSession,
  length: number,
  ids: readonly number[],
): Promise<StepTiming[]> {
  const timings: StepTiming[] = []
  for (const id of ids) timings.push(await session.append([id], greedyReadout))
  session.rewind(length)
  return timings
}
