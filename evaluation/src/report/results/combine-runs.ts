import { ReportError } from './report-error.js'
import { requireOneOracle } from './require-one-oracle.js'
import type { EvaluationResults } from './results-schema.js'
import { withTextIds } from './with-text-ids.js'

/**
 * Combines runs of different pairs of models into one, whose tables have a block for each pair
 * (Tables 1 and 8 of the paper). Prompts are the same if their dataset and text are.
 * @throws ReportError if the runs have different oracles or references, or two have one pair
 */
export function combineRuns(first: EvaluationResults, others: readonly EvaluationResults[]): EvaluationResults {
  for (const other of others) requireOneOracle(first, other)
  const runs = [first, ...others].map((run, i) => withOwnIds(withTextIds(run), i))
  requireOwnPairs(runs)
  requireOneReference(runs)
  const one = <K extends 'picker' | 'baseline' | 'judge'>(key: K) =>
    runs.every((run) => run[key] === first[key]) ? first[key] : null
  return {
    ...first,
    title: `Evaluations of ${runs.map(pairOf).join(', ')}`,
    createdAt:
      runs
        .map(({ createdAt }) => createdAt)
        .sort()
        .at(-1) ?? first.createdAt,
    facts: Object.fromEntries(
      runs.flatMap((run) => Object.entries(run.facts).map(([name, fact]) => [`${pairOf(run)}: ${name}`, fact])),
    ),
    ...{ picker: one('picker'), baseline: one('baseline'), judge: one('judge') },
    prompts: [...new Map(runs.flatMap(({ prompts }) => prompts.map((prompt) => [prompt.id, prompt]))).values()],
    strategies: runs.flatMap(({ strategies }) => strategies),
    answers: runs.flatMap(({ answers }) => answers),
    judgements: one('judge') === null ? [] : runs.flatMap(({ judgements }) => judgements),
    heldOut: first.heldOut,
  }
}

/** Numbers the ids of the strategies: each run has its own. */
function withOwnIds(run: EvaluationResults, index: number): EvaluationResults {
  const own = (id: string) => `${index}: ${id}`
  return {
    ...run,
    strategies: run.strategies.map((strategy) => ({ ...strategy, id: own(strategy.id) })),
    answers: run.answers.map((answer) => ({ ...answer, strategy: own(answer.strategy) })),
    judgements: run.judgements.map((judgement) => ({
      ...judgement,
      first: own(judgement.first),
      second: own(judgement.second),
    })),
  }
}

const pairsOf = ({ strategies }: EvaluationResults) => [...new Set(strategies.map(({ pair }) => pair))]
const pairOf = (run: EvaluationResults) => pairsOf(run).join(' and ')

function requireOwnPairs(runs: readonly EvaluationResults[]): void {
  const pairs = runs.flatMap(pairsOf)
  const twice = pairs.find((pair, i) => pairs.indexOf(pair) !== i)
  if (twice !== undefined)
    throw new ReportError(
      `Two runs are of the pair ${twice}: expected a different pair in each. Use --compare for two runs of one pair`,
    )
}

function requireOneReference(runs: readonly EvaluationResults[]): void {
  const references = [...new Set(runs.map(({ reference }) => reference))]
  if (references.length > 1)
    throw new ReportError(
      `The references of the runs are ${references.join(' and ')}: expected one. Set --reference in all of them`,
    )
}
