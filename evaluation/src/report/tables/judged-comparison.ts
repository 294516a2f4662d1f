import { mean } from 'simple-statistics'
import { estimateMean, type IntervalOptions, outcomeOf, summarizeOutcomes } from '../../statistics/index.js'
import { type EvaluatedStrategy, exchanged, type Judgement } from '../results/results-schema.js'
import type { ScoredResults } from '../results/scored-results.js'
import { type Cell, estimated, none } from './table.js'

/** A comparison that has an outcome. */
type Decided = Judgement & { readonly score: number }

/** What a judge said of two strategies on a dataset, whichever of them a judgement names first. */
export class JudgedComparison {
  /** The judgements, each with `first` as its first strategy. */
  readonly judgements: readonly Judgement[]
  private readonly decided: readonly Decided[]
  /** The outcome of each prompt that has one. Several judgements on one prompt are averaged. */
  private readonly outcomes: ReadonlyMap<string, number>

  constructor(
    private readonly scored: ScoredResults,
    private readonly first: EvaluatedStrategy,
    private readonly second: EvaluatedStrategy,
    private readonly dataset: string,
  ) {
    const prompts = new Set(scored.promptsOf(dataset))
    this.judgements = scored.results.judgements.flatMap((judgement) => {
      if (!prompts.has(judgement.prompt)) return []
      if (judgement.first === first.id && judgement.second === second.id) return [judgement]
      return judgement.first === second.id && judgement.second === first.id ? [mirror(judgement)] : []
    })
    this.decided = this.judgements.filter((judgement): judgement is Decided => judgement.score !== null)
    this.outcomes = outcomesOf(this.decided)
  }

  /** Prompts with an outcome. */
  get prompts(): number {
    return this.outcomes.size
  }

  /** Prompts that the judge calls a tie: it says so, its orders differ, or answers are equal. */
  get ties(): number {
    return [...this.outcomes.values()].filter((score) => score === 0.5).length
  }

  /** Comparisons that were not asked for, because both answers are the same text. */
  get equalAnswers(): number {
    return this.judgements.filter(({ score, orders }) => orders === null && score === 0.5).length
  }

  /** Comparisons without an outcome. */
  get undecided(): number {
    return this.judgements.length - this.decided.length
  }

  /** The win rate of the first strategy. */
  winRate(options: IntervalOptions): Cell {
    const outcomes = [...this.outcomes.values()]
    return outcomes.length > 0 ? estimated(summarizeOutcomes(outcomes, options)) : none(noVerdict)
  }

  /** The share of comparisons in which both orders have the same verdict. */
  sameInBothOrders(options: IntervalOptions): Cell {
    return this.meanOf('same verdicts', ([one, other]) => Number(one === other), options)
  }

  /** The share of verdicts for the answer in the first place, ties as halves. */
  firstPlace(options: IntervalOptions): Cell {
    const shares = { first: 1, second: 0, tie: 0.5, unparsed: Number.NaN, refused: Number.NaN } as const
    // In the second order, the answer of the second strategy has the first place.
    return this.meanOf('first places', ([one, other]) => (shares[one] + 1 - shares[other]) / 2, options)
  }

  /** The share of prompts that neither calls a tie on which the oracle prefers the same answer. */
  agreement(options: IntervalOptions): Cell {
    const paired = this.scored.paired(this.first, this.second, this.dataset)
    const byOracle = new Map(paired.prompts.map((prompt, i) => [prompt, paired.outcomes[i] ?? 0.5]))
    const same = [...this.outcomes].flatMap(([prompt, score]) => {
      const oracle = byOracle.get(prompt) ?? 0.5
      return score === 0.5 || oracle === 0.5 ? [] : [Number(outcomeOf(score, 0.5) === outcomeOf(oracle, 0.5))]
    })
    return same.length > 0
      ? estimated(estimateMean('agreement', same, options))
      : none('no prompt has a winner by both')
  }

  /** The mean over comparisons whose orders both have a verdict. */
  private meanOf(
    name: string,
    measure: (orders: NonNullable<Judgement['orders']>) => number,
    options: IntervalOptions,
  ): Cell {
    const values = this.decided.flatMap(({ orders }) => (orders === null ? [] : [measure(orders)]))
    return values.length > 0 ? estimated(estimateMean(name, values, options)) : none(noVerdict)
  }
}

const noVerdict = 'no comparison has a verdict in both orders'

function outcomesOf(judgements: readonly Decided[]): ReadonlyMap<string, number> {
  const scores = new Map<string, number[]>()
  for (const { prompt, score } of judgements) scores.set(prompt, [...(scores.get(prompt) ?? []), score])
  return new Map([...scores].map(([prompt, list]) => [prompt, mean(list)]))
}

/** The same judgement with its strategies exchanged: the order that was second comes first. */
const mirror = ({ prompt, first, second, score, orders }: Judgement): Judgement => ({
  prompt,
  first: second,
  second: first,
  score: score === null ? null : 1 - score,
  orders: orders === null ? null : [exchanged(orders[1]), exchanged(orders[0])],
})
