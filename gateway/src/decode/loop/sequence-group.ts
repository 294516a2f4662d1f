import type { OpenSessions, SessionSet } from '../../session/contract/session.js'
import type { ModelSessions } from './model-sessions.js'

/**
 * The sequences of a request, by model name. Sequence i of all models is one answer, or one beam.
 */
export type SequenceGroup = ReadonlyMap<string, SessionSet>

/**
 * Opens one sequence on all models at once. If a model cannot be
 * opened, the others are closed again.
 */
export async function openSequenceGroup(
  open: OpenSessions,
  names: Iterable<string>,
  signal: AbortSignal,
): Promise<SequenceGroup> {
  const openOne = async (name: string) => [name, await open(name, signal)] as const
  const settled = await Promise.allSettled([...names].map(openOne))
  const group = new Map(settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : [])))
  const failed = settled.find((one) => one.status === 'rejected')
  if (!failed) return group
  closeSequenceGroup(group)
  throw failed.reason
}

/** Closes all sequences in all models. */
export function closeSequenceGroup(group: SequenceGroup): void {
  for (const set of group.values()) set.close()
}

/** Returns the sessions of one sequence. @throws RangeError if the group has no such sequence */
export function sequenceAt(group: SequenceGroup, index: number): ModelSessions {
  return new Map(
    [...group].map(([name, { sessions }]) => {
      const session = sessions[index]
      if (!session) throw new RangeError(`sequence ${index} does not exist: the group has ${sessions.length}`)
      return [name, session]
    }),
  )
}

/** Makes sequence i continue from what sequence parents[i] holds, in all models. */
export function reorderSequences(group: SequenceGroup, parents: readonly number[]): void {
  for (const set of group.values()) set.reorder(parents)
}

/**
 * Sends the missing part of the prompt to all models at once, then forks the sequence into `count`.
 */
export async function forkPrompt(group: SequenceGroup, promptIds: readonly number[], count: number): Promise<void> {
  const sends = [...group.values()].map(async ({ sessions: [session] }) => {
    const missing = promptIds.slice(session.position)
    if (missing.length > 0) await session.step(missing, 'last', [])
  })
  await Promise.all(sends)
  reorderSequences(
    group,
    Array.from({ length: count }, () => 0),
  )
}
