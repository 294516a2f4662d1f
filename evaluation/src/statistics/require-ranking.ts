import type { WinTable } from './pairwise-outcomes.js'
import { StatisticsError } from './statistics-error.js'

/**
 * Refuses outcomes that have no finite Bradley-Terry strengths. They have if, in every division of
 * the players into two groups, some player of each group beat or tied one of the other (Ford 1957;
 * Hunter 2004, assumption 1). That is so if wins lead from the first player to all others and back.
 */
export function requireRanking({ players, wins }: WinTable): void {
  if (players.length < 2)
    throw new StatisticsError(`Found ${players.length} players: expected outcomes between at least two`)
  const beaten = reach(players.length, (i, j) => (wins[i * players.length + j] ?? 0) > 0)
  const beating = reach(players.length, (i, j) => (wins[j * players.length + i] ?? 0) > 0)
  const without = beaten.size < players.length ? beaten : beating
  if (without.size === players.length) return
  const names = (inside: boolean) => players.filter((_, i) => without.has(i) === inside).join(', ')
  const words = beaten.size < players.length ? 'never won against or tied' : 'never lost against or tied'
  throw new StatisticsError(
    `${names(true)} ${words} ${names(false)}: their strengths have no finite ratio. ` +
      'Compare them on more prompts, or set a prior of ties',
  )
}

/** Returns the players that links lead to from player 0, and player 0. */
function reach(count: number, isLinked: (from: number, to: number) => boolean): Set<number> {
  const found = new Set([0])
  // A set yields what is added while it is read.
  for (const from of found) for (let to = 0; to < count; to++) if (isLinked(from, to)) found.add(to)
  return found
}
