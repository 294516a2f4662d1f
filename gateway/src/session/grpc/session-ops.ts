import type { StepRequest } from '@tandem/proto'

/** Operations on whole sessions that a message carries with its steps: fork, reorder and close. */
export interface SessionOps extends Pick<StepRequest, 'forks' | 'reorder' | 'closeSessionIds'> {
  readonly forks: { readonly fromSessionId: string; readonly toSessionId: string }[]
  readonly reorder: Reorder | null
  readonly closeSessionIds: string[]
}

interface Reorder {
  readonly sessionIds: string[]
  readonly parents: number[]
}

/**
 * Creates the operations after which session i of `ids` holds what session parents[i] held before.
 * The service moves a session that has one child and copies nothing. New sessions are forks, and
 * sessions that are no longer needed are closed after the steps.
 * @param ids ids of all sessions, before and after
 * @param count number of sessions that exist before, from the first; each parent is below it
 */
export function toSessionOps(ids: readonly string[], count: number, parents: readonly number[]): SessionOps {
  const used = new Set(parents)
  // A session that will be closed keeps a parent without children, so that
  // the service copies nothing for it.
  const unused = Array.from({ length: count }, (_, i) => i).filter((i) => !used.has(i))
  const reordered = [...parents.slice(0, count), ...unused.slice(0, Math.max(0, count - parents.length))]
  const isSame = reordered.every((parent, i) => parent === i)
  const forks = ids.slice(count).flatMap((toSessionId, i) => {
    const fromSessionId = ids[parents[count + i] ?? -1]
    return fromSessionId === undefined ? [] : [{ fromSessionId, toSessionId }]
  })
  return {
    forks,
    reorder: isSame ? null : { sessionIds: ids.slice(0, count), parents: reordered },
    closeSessionIds: ids.slice(parents.length, count),
  }
}

/** Joins the operations of different sessions into one message; null if there are none. */
export function joinSessionOps(ops: readonly SessionOps[]): SessionOps | null {
  if (ops.length === 0) return null
  return {
    forks: ops.flatMap(({ forks }) => forks),
    reorder: ops.map(({ reorder }) => reorder).reduce(joinReorders),
    closeSessionIds: ops.flatMap(({ closeSessionIds }) => closeSessionIds),
  }
}

/**
 * Joins two reorders. Parents are indices into the ids, so the
 * second reorder's parents are shifted.
 */
function joinReorders(first: Reorder | null, second: Reorder | null): Reorder | null {
  if (!first || !second) return first ?? second
  const shifted = second.parents.map((parent) => first.sessionIds.length + parent)
  return { sessionIds: [...first.sessionIds, ...second.sessionIds], parents: [...first.parents, ...shifted] }
}
