import { estimateAccuracy, type IntervalOptions } from '../../statistics/index.js'
import type { EvaluationResults } from '../results/results-schema.js'
import { estimated, number, type Table, text } from './table.js'

/** Makes the table of reward models' accuracies (Table 6), or null without held-out pairs. */
export function accuracyTable({ heldOut }: EvaluationResults, options: IntervalOptions): Table | null {
  if (heldOut.length === 0) return null
  return {
    id: 'reward-models',
    title: 'Reward models',
    caption:
      'Accuracy: share of held-out pairs whose chosen answer gets the greater score, ties as halves. ' +
      'Brackets: 95% interval.',
    columns: ['reward model', 'dataset', 'pairs', 'accuracy', 'ties'],
    rows: heldOut.map(({ rewardModel, dataset, pairs }) => {
      const accuracy = estimateAccuracy(pairs, options)
      return [
        text(rewardModel),
        text(dataset),
        number(pairs.length, 0),
        estimated(accuracy, 3),
        number(accuracy.ties, 0),
      ]
    }),
  }
}
