import type { ServiceSession, StepTiming } from '@tandem/cli'

/** Token ids that mean nothing, `seed` of them apart from another's: no engine can have seen them before. */
export const syntheticIds = (count: number, seed = 0): number[] =>
  Array.from({ length: count }, (_, i) => 100 + ((i * 7 + seed * 131) % 4000))

const greedyReadout = [{ topK: { k: 1 } }]

/** Decodes tokens one by one after the first `length` of a session, then forgets them; the best next id is read at each. */
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
