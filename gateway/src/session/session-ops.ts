import type { StepRequest } from '@tandem/proto'

/** What a message asks of sessions as wholes, beside its steps. */
export interface Deal extends Pick<StepRequest, 'forks' | 'reorder' | 'closeSessionIds'> {
  readonly forks: { readonly fromSessionId: string; readonly toSessionId: string }[]
  readonly reorder: Reorder | null
  readonly closeSessionIds: string[]
}

interface Reorder {
  readonly sessionIds: string[]
  readonly parents: number[]
}

/**
 * The deal after which session i of `ids` holds what session parents[i] held before. A session with one child is handed on in the
 * service, not copied; new ones are forks, and those that are no longer wanted are closed behind the steps.
 * @param ids of all sessions, before and after
 * @param count how many of them, from the first, are held before; every parent is below it
 */
export function toDeal(ids: readonly string[], count: number, parents: readonly number[]): Deal {
  const used = new Set(parents)
  // Sessions that are to be closed keep what nobody goes on from, so that nothing is copied for them.
  const unused = Array.from({ length: count }, (_, i) => i).filter((i) => !used.has(i))
  const dealt = [...parents.slice(0, count), ...unused.slice(0, Math.max(0, count - parents.length))]
  const isSame = dealt.every((parent, i) => parent === i)
  const forks = ids.slice(count).flatMap((toSessionId, i) => {
    const fromSessionId = ids[parents[count + i] ?? -1]
    return fromSessionId === undefined ? [] : [{ fromSessionId, toSessionId }]
  })
  return {
    forks,
    reorder: isSame ? null : { sessionIds: ids.slice(0, count), parents: dealt },
    closeSessionIds: ids.slice(parents.length, count),
  }
}

/** Deals of different sessions as one; null for none. */
export function joinDeals(deals: readonly Deal[]): Deal | null {
  if (deals.length === 0) return null
  return {
    forks: deals.flatMap(({ forks }) => forks),
    reorder: deals.map(({ reorder }) => reorder).reduce(joinReorders),
    closeSessionIds: deals.flatMap(({ closeSessionIds }) => closeSessionIds),
  }
}

/** Parents are indices into the ids, which stand behind those of the first. */
function joinReorders(first: Reorder | null, second: Reorder | null): Reorder | null {
  if (!first || !second) return first ?? second
  const shifted = second.parents.map((parent) => first.sessionIds.length + parent)
  return { sessionIds: [...first.sessionIds, ...second.sessionIds], parents: [...first.parents, ...shifted] }
}
