import { mean } from 'simple-statistics'
import { outcomeOf } from '../../statistics/index.js'
import { groupBy } from './group-by.js'
import type { EvaluatedAnswer, EvaluatedStrategy, EvaluationResults } from './results-schema.js'

/** An answer that the oracle scored. */
export type ScoredAnswer = EvaluatedAnswer & { readonly oracle: number }

/** What one strategy answered to one prompt. */
export interface PromptScore {
  readonly prompt: string
  /** Mean oracle score of the prompt's answers. */
  readonly oracle: number
  /** Mean length of the prompt's answers. */
  readonly tokens: number
  readonly answers: readonly ScoredAnswer[]
}

/** A pair of models on one dataset: a block of the paper's tables. */
export interface Setting {
  readonly pair: string
  readonly dataset: string
}

/** Two strategies on the prompts that both answered. */
export interface PairedScores {
  readonly prompts: readonly string[]
  readonly first: readonly number[]
  readonly second: readonly number[]
  /** Outcome of each prompt: the mean over all pairs of answers. */
  readonly outcomes: readonly number[]
}

/** Results, with look-ups. Answers without an oracle score are left out of all of them. */
export class ScoredResults {
  readonly results: EvaluationResults
  private readonly scoresById = new Map<string, PromptScore[]>()

  constructor(results: EvaluationResults) {
    this.results = results
    const order = new Map(results.prompts.map(({ id }, i) => [id, i]))
    for (const [strategy, answers] of groupBy(results.answers.filter(isScored), ({ strategy }) => strategy)) {
      const scores = [...groupBy(answers, ({ prompt }) => prompt)].map(([prompt, list]) => scorePrompt(prompt, list))
      this.scoresById.set(
        strategy,
        scores.sort((a, b) => (order.get(a.prompt) ?? 0) - (order.get(b.prompt) ?? 0)),
      )
    }
  }

  /** The settings, in the order of their first strategy and prompt. */
  settings(): Setting[] {
    const datasets = [...new Set(this.results.prompts.map(({ dataset }) => dataset))]
    const pairs = [...new Set(this.results.strategies.map(({ pair }) => pair))]
    return datasets.flatMap((dataset) => pairs.map((pair) => ({ pair, dataset })))
  }

  /** The strategies of a pair with a role. */
  strategies(pair: string, role: EvaluatedStrategy['role']): EvaluatedStrategy[] {
    return this.results.strategies.filter((strategy) => strategy.pair === pair && strategy.role === role)
  }

  /** The method of a pair with a label. */
  method(pair: string, label: string | null): EvaluatedStrategy | undefined {
    return this.strategies(pair, 'method').find((strategy) => strategy.label === label)
  }

  /** The scores of a strategy on a dataset, in the order of the prompts. */
  scores(strategy: EvaluatedStrategy, dataset: string): PromptScore[] {
    const inDataset = new Set(this.promptsOf(dataset))
    return (this.scoresById.get(strategy.id) ?? []).filter(({ prompt }) => inDataset.has(prompt))
  }

  /** The ids of a dataset's prompts. */
  promptsOf(dataset: string): string[] {
    return this.results.prompts.filter((prompt) => prompt.dataset === dataset).map(({ id }) => id)
  }

  /** The scores of two strategies on the prompts that both answered. */
  paired(first: EvaluatedStrategy, second: EvaluatedStrategy, dataset: string): PairedScores {
    return pairScores(this.scores(first, dataset), this.scores(second, dataset))
  }
}

/** Pairs scores by the ids of their prompts. */
export function pairScores(first: readonly PromptScore[], second: readonly PromptScore[]): PairedScores {
  const others = new Map(second.map((score) => [score.prompt, score]))
  const pairs = first.flatMap((score) => {
    const other = others.get(score.prompt)
    return other ? [{ score, other }] : []
  })
  return {
    prompts: pairs.map(({ score }) => score.prompt),
    first: pairs.map(({ score }) => score.oracle),
    second: pairs.map(({ other }) => other.oracle),
    outcomes: pairs.map(({ score, other }) =>
      mean(score.answers.flatMap((a) => other.answers.map((b) => outcomeOf(a.oracle, b.oracle)))),
    ),
  }
}

const isScored = (answer: EvaluatedAnswer): answer is ScoredAnswer => answer.oracle !== null

const scorePrompt = (prompt: string, answers: readonly ScoredAnswer[]): PromptScore => ({
  prompt,
  oracle: mean(answers.map(({ oracle }) => oracle)),
  tokens: mean(answers.map(({ tokens }) => tokens)),
  answers,
})
