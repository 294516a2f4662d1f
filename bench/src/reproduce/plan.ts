import { comparisonStep, roundComparisonStep, servingOptions } from './evaluation-steps.js'
import { commandStep, type Step } from './step.js'
import { dpoOptions, pairs, trainingSteps } from './training-steps.js'

/** The rounds of iterative DPO, as `tandem-train iterate` names them. */
const rounds = ['0', '1', '1-prime', '2']

/** The rounds that are compared with round 0, in the order of the report. */
export const laterRounds = rounds.slice(1).map((round) => `round-${round}`)

/**
 * All steps in their order.
 * @param start a Hugging Face folder with untrained weights
 * @param seed of the rows
 */
export const planSteps = (start: string, seed: number): Step[] => [
  { name: 'data', output: 'data', work: { rows: seed } },
  ...trainingSteps(start),
  comparisonStep,
  ...rounds.map(roundStep),
  ...laterRounds.map(roundComparisonStep),
]

/** A round of iterative DPO, whose pairs `tandem synthesize` makes. */
function roundStep(round: string): Step {
  const synthesize = ['tandem', 'synthesize', ...servingOptions, '--complete-only'].join(' ')
  const data = ['--model', 'sft', '--data', pairs, '--part', 'picker', '--out', 'rounds']
  const args = ['iterate', ...data, '--rounds', round, '--synthesize', synthesize, ...dpoOptions]
  return commandStep(`round-${round}`, `rounds/round-${round}`, 'tandem-train', ...args)
}
