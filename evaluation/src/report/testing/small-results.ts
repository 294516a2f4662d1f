import type { EvaluationResultsInput } from '../results/results-schema.js'

/** Oracle scores by strategy: one for each prompt, null for an answer without a score. */
export type SmallScores = Readonly<Record<string, readonly (number | null)[]>>

/**
 * Makes results of methods on one dataset. The first method is the reference, `p0` the first
 * prompt.
 */
export function smallResults(scores: SmallScores): EvaluationResultsInput {
  const labels = Object.keys(scores)
  const count = Math.max(...Object.values(scores).map(({ length }) => length))
  return {
    format: 'tandem-evaluation/1',
    title: 'Small',
    createdAt: '2026-11-30T12:00:00Z',
    oracle: 'oracle',
    reference: labels[0] ?? '',
    prompts: Array.from({ length: count }, (_, i) => ({ id: `p${i}`, text: `Prompt ${i}`, dataset: 'toy' })),
    strategies: labels.map((label) => ({ id: label, label, strategy: label, parameters: {}, pair: 'tiny' })),
    answers: Object.entries(scores).flatMap(([strategy, list]) =>
      list.map((oracle, i) => ({ prompt: `p${i}`, strategy, text: `${strategy} ${i}`, tokens: 10 * (i + 1), oracle })),
    ),
  }
}
