import { StatisticsError } from './statistics-error.js'

/** One comparison of two players. */
export interface PairwiseOutcome {
  readonly first: string
  readonly second: string
  /** 1 if the first player won, 0 if the second did, 0.5 for a tie. */
  readonly score: number
}

/** The wins of each player against each other one. Ties count as half a win of both. */
export interface WinTable {
  readonly players: readonly string[]
  /** Wins of player i against player j, at i * players.length + j. */
  readonly wins: Float64Array
}

/** Returns the names of the players, in the order of their first outcome. */
export const playersOf = (outcomes: readonly PairwiseOutcome[]): string[] => [
  ...new Set(outcomes.flatMap(({ first, second }) => [first, second])),
]

/**
 * Counts outcomes.
 * @param players the names of all players
 */
export function countWins(players: readonly string[], outcomes: readonly PairwiseOutcome[]): WinTable {
  const indexOf = new Map(players.map((player, i) => [player, i]))
  const wins = new Float64Array(players.length ** 2)
  for (const { first, second, score } of outcomes.map(requireOutcome)) {
    const [i, j] = [indexOf.get(first) ?? Number.NaN, indexOf.get(second) ?? Number.NaN]
    wins[i * players.length + j] = (wins[i * players.length + j] ?? 0) + score
    wins[j * players.length + i] = (wins[j * players.length + i] ?? 0) + 1 - score
  }
  return { players, wins }
}

/** Returns the table with ties added between each two players. */
export function addTies({ players, wins }: WinTable, ties: number): WinTable {
  const isSelf = (at: number) => Math.floor(at / players.length) === at % players.length
  return { players, wins: wins.map((value, at) => (isSelf(at) ? value : value + ties / 2)) }
}

function requireOutcome(outcome: PairwiseOutcome): PairwiseOutcome {
  const { first, second, score } = outcome
  if (first === second) throw new StatisticsError(`${first} was compared with itself: expected two players`)
  if (score >= 0 && score <= 1) return outcome
  throw new StatisticsError(
    `The outcome of ${first} against ${second} is ${score}: expected 1 for a win, 0.5 for a tie, 0 for a loss`,
  )
}
