import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { rateByBradleyTerry } from './bradley-terry.js'
import type { PairwiseOutcome } from './pairwise-outcomes.js'
import { estimateRatings } from './rating-intervals.js'

const outcome = (first: string, second: string, score: number): PairwiseOutcome => ({ first, second, score })
const repeat = (count: number, ...one: Parameters<typeof outcome>) =>
  Array.from({ length: count }, () => outcome(...one))
const eloOf = (outcomes: readonly PairwiseOutcome[], prior = 0) =>
  Object.fromEntries(rateByBradleyTerry(outcomes, { prior }).map(({ player, elo }) => [player, elo]))

describe('rateByBradleyTerry', () => {
  it('rates two players with 3 wins to 1 at odds of 3', () => {
    const ratings = rateByBradleyTerry([...repeat(3, 'a', 'b', 1), ...repeat(1, 'a', 'b', 0)])
    expect(ratings.map(({ player }) => player)).toEqual(['a', 'b'])
    expect(ratings[0]?.elo).toBeCloseTo(1500 + 200 * Math.log10(3), 6)
    expect(ratings[1]?.elo).toBeCloseTo(1500 - 200 * Math.log10(3), 6)
  })

  it('counts a tie as half a win of both', () => {
    const ties = eloOf([...repeat(2, 'a', 'b', 1), ...repeat(2, 'a', 'b', 0.5)])
    expect(ties).toEqual(eloOf([...repeat(3, 'a', 'b', 1), ...repeat(1, 'b', 'a', 1)]))
    expect(eloOf([outcome('a', 'b', 0.5), outcome('b', 'c', 0.5)])).toEqual({ a: 1500, b: 1500, c: 1500 })
  })

  it.each([
    {
      case: 'an undefeated player',
      outcomes: [outcome('aad', 'eft', 1), outcome('aad', 'bo2', 1), outcome('eft', 'bo2', 0.5)],
      message: 'aad never lost against or tied eft, bo2: their strengths have no finite ratio',
    },
    {
      case: 'a player without a win',
      outcomes: [outcome('bo2', 'aad', 0), outcome('bo2', 'eft', 0), outcome('eft', 'aad', 0.5)],
      message: 'bo2 never won against or tied aad, eft: their strengths have no finite ratio',
    },
    {
      case: 'players that nothing connects',
      outcomes: [outcome('a', 'b', 0.5), outcome('c', 'd', 0.5)],
      message: 'a, b never won against or tied c, d: their strengths have no finite ratio',
    },
    { case: 'no outcomes', outcomes: [], message: 'Found 0 players: expected outcomes between at least two' },
    { case: 'a player against itself', outcomes: [outcome('a', 'a', 1)], message: 'a was compared with itself' },
    { case: 'a score of NaN', outcomes: [outcome('a', 'b', Number.NaN)], message: 'a against b is NaN: expected 1' },
    { case: 'a score of 2', outcomes: [outcome('a', 'b', 2)], message: 'a against b is 2: expected 1' },
  ])('refuses $case', ({ outcomes, message }) => {
    expect(() => rateByBradleyTerry(outcomes)).toThrow(message)
  })

  it('rates an undefeated player with a prior of ties, as if these were outcomes', () => {
    const wins = repeat(3, 'a', 'b', 1)
    expect(eloOf(wins, 2)).toEqual(eloOf([...wins, ...repeat(2, 'a', 'b', 0.5)]))
  })

  it('is where expected wins equal wins, in any order of outcomes', () => {
    const players = ['a', 'b', 'c', 'd']
    const pair = fc.shuffledSubarray(players, { minLength: 2, maxLength: 2 })
    const outcomes = fc.array(fc.tuple(pair, fc.constantFrom(0, 0.5, 1)), { minLength: 6, maxLength: 40 })
    fc.assert(
      fc.property(outcomes, (list) => {
        const games = list.map(([[first = '', second = ''], score]) => outcome(first, second, score))
        const ratings = eloOf(games, 1)
        const expectedScore = (a: string, b: string) => 1 / (1 + 10 ** (((ratings[b] ?? 0) - (ratings[a] ?? 0)) / 400))
        for (const player of Object.keys(ratings)) {
          const others = Object.keys(ratings).filter((other) => other !== player)
          let surplus = others.reduce((sum, other) => sum + 0.5 - expectedScore(player, other), 0)
          for (const { first, second, score } of games) {
            if (first === player) surplus += score - expectedScore(first, second)
            if (second === player) surplus += 1 - score - expectedScore(second, first)
          }
          expect(surplus).toBeCloseTo(0, 6)
        }
        for (const [player, elo] of Object.entries(eloOf(games.toReversed(), 1)))
          expect(elo).toBeCloseTo(ratings[player] ?? Number.NaN, 6)
      }),
      { numRuns: 50 },
    )
  })
})

describe('estimateRatings', () => {
  const prompts = Array.from({ length: 60 }, (_, i) => [
    outcome('aad', 'greedy', i % 4 === 0 ? 0 : 1),
    outcome('aad', 'bo2', i % 3 === 0 ? 0 : 1),
    outcome('greedy', 'bo2', i % 2),
  ])

  it('gives intervals around the ratings, over prompts', () => {
    const ratings = estimateRatings(prompts, { resamples: 200 })
    const elo = eloOf(prompts.flat())
    expect(ratings[0]?.player).toBe('aad')
    for (const { player, value, count, interval } of ratings) {
      expect(value).toBe(elo[player])
      expect(count).toBe(60)
      expect(interval?.low).toBeLessThan(value)
      expect(interval?.high).toBeGreaterThan(value)
    }
  })

  it('has no interval for one prompt, or if resamples have no ratings', () => {
    const tied = [outcome('a', 'b', 0.5)]
    expect(estimateRatings([tied])[0]).toMatchObject({ interval: null, reason: 'one prompt has no spread' })
    const rare = [[outcome('a', 'b', 1)], [outcome('a', 'b', 1)], [outcome('a', 'b', 0)]]
    expect(estimateRatings(rare, { resamples: 50 })[0]).toMatchObject({ interval: null })
    expect(estimateRatings(rare, { resamples: 50 })[0]?.reason).toMatch(/ of 50 resamples have a player without wins/)
    expect(estimateRatings(rare, { resamples: 50, prior: 1 })[0]?.reason).toBeNull()
  })
})
