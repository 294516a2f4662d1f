import { quantileSorted } from 'simple-statistics'
import { type BradleyTerryOptions, type Rating, rateByBradleyTerry, rateTable } from './bradley-terry.js'
import { defaultIntervalOptions, type Estimate, type IntervalOptions } from './estimate.js'
import { countWins, type PairwiseOutcome, playersOf, type WinTable } from './pairwise-outcomes.js'
import { createRandomIndex, type RandomIndex } from './random-index.js'
import { StatisticsError } from './statistics-error.js'

/** A rating with its interval. */
export interface RatingEstimate extends Estimate {
  readonly player: string
}

/** Resamples of ratings, which take longer than those of a mean. */
const ratingResamples = 1000

/**
 * Rates players as `rateByBradleyTerry`, with percentile intervals over resampled prompts, as
 * Chatbot Arena does (Chiang et al. 2024). All outcomes of one prompt are drawn together, because
 * they share the players' answers.
 * @param prompts the outcomes of each prompt
 */
export function estimateRatings(
  prompts: readonly (readonly PairwiseOutcome[])[],
  options: IntervalOptions & BradleyTerryOptions = {},
): RatingEstimate[] {
  const ratings = rateByBradleyTerry(prompts.flat(), options)
  const resampled = prompts.length > 1 ? resampledRatings(prompts, options) : 'one prompt has no spread'
  const tail = (1 - (options.level ?? defaultIntervalOptions.level)) / 2
  return ratings.map(({ player, elo }) => {
    const bare = { player, value: elo, count: prompts.length }
    if (typeof resampled === 'string') return { ...bare, interval: null, reason: resampled }
    const values = resampled.get(player) ?? []
    const [low = elo, high = elo] = [tail, 1 - tail].map((share) => quantileSorted(values, share))
    return { ...bare, interval: { low, high }, reason: null }
  })
}

/** The sorted ratings of each player in all resamples, or why there are none. */
function resampledRatings(
  prompts: readonly (readonly PairwiseOutcome[])[],
  options: IntervalOptions & BradleyTerryOptions,
): Map<string, number[]> | string {
  const { resamples = ratingResamples, seed = defaultIntervalOptions.seed } = options
  const randomIndex = createRandomIndex(seed)
  const players = playersOf(prompts.flat())
  const tables = flatTables(players, prompts)
  const all = Array.from({ length: resamples }, () =>
    tryRating({ players, wins: resampledSum(tables, prompts.length, randomIndex) }, options),
  )
  const rated = all.filter((ratings) => ratings !== null)
  if (rated.length < resamples)
    return `${resamples - rated.length} of ${resamples} resamples have a player without wins or losses`
  return byPlayer(rated)
}

/** The wins of each prompt, one table after the other: a resample reads all of them. */
function flatTables(players: readonly string[], prompts: readonly (readonly PairwiseOutcome[])[]): Float64Array {
  const flat = new Float64Array(prompts.length * players.length ** 2)
  for (const [i, outcomes] of prompts.entries()) flat.set(countWins(players, outcomes).wins, i * players.length ** 2)
  return flat
}

/** The sum of as many tables as there are, drawn with replacement. */
function resampledSum(tables: Float64Array, count: number, randomIndex: RandomIndex): Float64Array {
  const total = new Float64Array(tables.length / count)
  for (let drawn = 0; drawn < count; drawn++) {
    const start = randomIndex(count) * total.length
    for (let i = 0; i < total.length; i++) total[i] = (total[i] ?? 0) + (tables[start + i] ?? 0)
  }
  return total
}

/** The ratings of a resample, or null if it does not connect the players. */
function tryRating(table: WinTable, options: BradleyTerryOptions): Rating[] | null {
  try {
    return rateTable(table, options)
  } catch (error) {
    if (error instanceof StatisticsError) return null
    throw error
  }
}

function byPlayer(resamples: readonly (readonly Rating[])[]): Map<string, number[]> {
  const values = new Map<string, number[]>()
  for (const { player, elo } of resamples.flat()) {
    const list = values.get(player)
    if (list) list.push(elo)
    else values.set(player, [elo])
  }
  for (const list of values.values()) list.sort((a, b) => a - b)
  return values
}
