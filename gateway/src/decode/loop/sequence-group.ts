import type { OpenSessions, SessionSet } from '../../session/session.js'
import type { Sessions } from './model-sessions.js'

/** The sequences of a request by model: sequence i of all models is one answer, or one beam. */
export type SessionSets = ReadonlyMap<string, SessionSet>

/** On all models at once. Where one cannot be opened, none is left open. */
export async function openSets(open: OpenSessions, names: Iterable<string>, signal: AbortSignal): Promise<SessionSets> {
  const openOne = async (name: string) => [name, await open(name, signal)] as const
  const settled = await Promise.allSettled([...names].map(openOne))
  const sets = new Map(settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : [])))
  const failed = settled.find((one) => one.status === 'rejected')
  if (!failed) return sets
  closeSets(sets)
  throw failed.reason
}

export function closeSets(sets: SessionSets): void {
  for (const set of sets.values()) set.close()
}

/** @throws RangeError where there are not so many */
export function sequenceOf(sets: SessionSets, index: number): Sessions {
  return new Map(
    [...sets].map(([name, { sessions }]) => {
      const session = sessions[index]
      if (!session) throw new RangeError(`there is no sequence ${index} of ${sessions.length}`)
      return [name, session]
    }),
  )
}

/** Sequence i goes on from what sequence parents[i] holds, in all models. */
export function reorderSets(sets: SessionSets, parents: readonly number[]): void {
  for (const set of sets.values()) set.reorder(parents)
}

/** Sends what of the prompt the one sequence lacks, to all models at once, then makes `count` of it. */
export async function forkPrompt(sets: SessionSets, promptIds: readonly number[], count: number): Promise<void> {
  const sends = [...sets.values()].map(async ({ sessions: [session] }) => {
    const missing = promptIds.slice(session.position)
    if (missing.length > 0) await session.step(missing, 'last', [])
  })
  await Promise.all(sends)
  reorderSets(
    sets,
    Array.from({ length: count }, () => 0),
  )
}
