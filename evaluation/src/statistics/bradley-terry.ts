import { mean, sum } from 'simple-statistics'
import { addTies, countWins, type PairwiseOutcome, playersOf, type WinTable } from './pairwise-outcomes.js'
import { requireRanking } from './require-ranking.js'
import { StatisticsError } from './statistics-error.js'

/** The strength of a player on the scale of Elo. */
export interface Rating {
  readonly player: string
  readonly elo: number
}

/** How Bradley-Terry strengths are computed. */
export interface BradleyTerryOptions {
  /**
   * Number of ties to add between each two players. 0 gives the maximum of the likelihood; more
   * pull the ratings together, and make them finite for players without a win or a loss.
   */
  readonly prior?: number
}

const meanElo = 1500
const maxIterations = 100_000
const tolerance = 1e-12

/**
 * Rates players by the Bradley-Terry model (eq. 1 of the paper), the best first. Ties count as half
 * a win of both. Elo is 400 / ln 10 times the log-strength, with mean 1500 as in Table 5.
 * @throws StatisticsError if the outcomes do not connect the players
 */
export function rateByBradleyTerry(outcomes: readonly PairwiseOutcome[], options: BradleyTerryOptions = {}): Rating[] {
  return rateTable(countWins(playersOf(outcomes), outcomes), options)
}

/** Rates players as `rateByBradleyTerry`, from counted wins. */
export function rateTable(counted: WinTable, options: BradleyTerryOptions): Rating[] {
  const table = addTies(counted, options.prior ?? 0)
  requireRanking(table)
  const strengths = logStrengths(table)
  return table.players
    .map((player, i) => ({ player, elo: meanElo + (400 / Math.LN10) * (strengths[i] ?? Number.NaN) }))
    .sort((a, b) => b.elo - a.elo)
}

/**
 * Returns log-strengths of mean 0 that maximise the likelihood, by the MM algorithm (Hunter 2004,
 * eq. 3): p_i = W_i / sum_j N_ij / (p_i + p_j).
 */
function logStrengths(table: WinTable): number[] {
  const games = playerGames(table)
  let logs = table.players.map(() => 0)
  for (let i = 0; i < maxIterations; i++) {
    const next = centered(improve(games, logs.map(Math.exp)).map(Math.log))
    const change = Math.max(...next.map((value, j) => Math.abs(value - (logs[j] ?? 0))))
    logs = next
    if (change < tolerance) return logs
  }
  throw new StatisticsError(
    `The Bradley-Terry strengths did not settle in ${maxIterations} iterations: expected closer players. Set a prior of ties`,
  )
}

/** What a player did: it stays the same in all iterations. */
interface PlayerGames {
  readonly wins: number
  /** The number of games against each player. */
  readonly against: readonly number[]
}

const playerGames = ({ players, wins }: WinTable): PlayerGames[] =>
  players.map((_, i) => {
    const row = wins.subarray(i * players.length, (i + 1) * players.length)
    const against = Array.from(row, (won, j) => won + (wins[j * players.length + i] ?? 0))
    return { wins: sum(Array.from(row)), against }
  })

function improve(games: readonly PlayerGames[], strengths: readonly number[]): number[] {
  return games.map(({ wins, against }, i) => {
    const strength = strengths[i] ?? Number.NaN
    return wins / sum(against.map((count, j) => count / (strength + (strengths[j] ?? Number.NaN))))
  })
}

function centered(values: readonly number[]): number[] {
  const center = mean([...values])
  return values.map((value) => value - center)
}
