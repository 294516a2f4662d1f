import { createRandomIndex } from '../../statistics/random-index.js'
import type { EvaluatedStrategy, EvaluationResultsInput } from '../results/results-schema.js'

type Strategy = Omit<EvaluatedStrategy, 'pair'>

const method = (id: string, label: string, strategy: string, parameters: Strategy['parameters'] = {}): Strategy => ({
  id,
  label,
  strategy,
  parameters,
  role: 'method',
})

const sweep = (strategy: string, parameters: Strategy['parameters']): Strategy => {
  const label = `${strategy} ${Object.entries(parameters).join(' ').replaceAll(',', '=')}`
  return { id: label, label, strategy, parameters, role: 'sweep' }
}

const strategies: Strategy[] = [
  method('sft', 'Greedy SFT', 'greedy-sft'),
  method('dpo', 'Greedy DPO', 'greedy-dpo'),
  method('bo2', 'Bo2', 'best-of-n', { n: 2 }),
  method('eft', 'EFT', 'eft', { beta: 4 }),
  method('aad', 'AAD', 'aad', { alpha: 0.1 }),
  { id: 'pool', label: 'samples', strategy: 'sample', parameters: { top_p: 0.9 }, role: 'pool' },
  ...[0.05, 0.2, 0.5].map((alpha) => sweep('aad', { alpha })),
  ...[1, 2, 4].map((width) => sweep('beam', { width })),
  ...[2, 4].flatMap((width) => [0.1, 0.3].map((tau) => sweep('aad-beam', { width, tau }))),
]

/** What the sample has. */
export interface SampleShape {
  readonly pairs?: readonly string[]
  readonly datasets?: readonly string[]
  readonly promptsEach?: number
  readonly samples?: number
}

/**
 * Makes results with every kind of strategy. Scores come from a seed and differ between
 * methods.
 */
export function sampleResults(shape: SampleShape = {}): EvaluationResultsInput {
  const { pairs = ['tiny'], datasets = ['toy'], promptsEach = 12, samples = 4 } = shape
  const next = createRandomIndex(24)
  const prompts = datasets.flatMap((dataset) =>
    Array.from({ length: promptsEach }, (_, i) => ({
      id: `${dataset}-${i}`,
      text: ` Prompt ${i} of ${dataset}?`,
      dataset,
    })),
  )
  const all = pairs.flatMap((pair) =>
    strategies.map((strategy) => ({ ...strategy, id: `${pair}/${strategy.id}`, pair })),
  )
  const answers = all.flatMap((strategy, rank) =>
    prompts.flatMap((prompt) =>
      Array.from({ length: strategy.role === 'pool' ? samples : 1 }, (_, sample) => {
        const tokens = 20 + next(60)
        const oracle = next(400) / 100 + (rank % strategies.length) / 5 - 2
        const text = `answer, "${sample}"\nof ${strategy.label}`
        return {
          prompt: prompt.id,
          strategy: strategy.id,
          sample,
          text,
          tokens,
          oracle,
          picker: oracle + next(200) / 100,
        }
      }),
    ),
  )
  return {
    format: 'tandem-evaluation/1',
    title: 'Sample <evaluation>',
    createdAt: '2026-11-30T12:00:00Z',
    facts: { code: 'abc & def' },
    oracle: 'oracle-90',
    picker: 'picker-10',
    reference: 'AAD',
    baseline: 'Greedy SFT',
    prompts,
    strategies: all,
    answers,
    judgements: prompts.slice(0, 8).map(({ id }, i) => ({
      prompt: id,
      first: `${pairs[0]}/aad`,
      second: `${pairs[0]}/dpo`,
      score: i % 4 === 0 ? 0 : 1,
    })),
    heldOut: [
      {
        rewardModel: 'picker-10',
        dataset: 'toy',
        pairs: [
          { chosen: 1, rejected: 0 },
          { chosen: 0, rejected: 1 },
        ],
      },
    ],
  }
}
