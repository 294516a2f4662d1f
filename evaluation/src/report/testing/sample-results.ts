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

type Prompt = EvaluationResultsInput['prompts'][number]
type Answer = EvaluationResultsInput['answers'][number]

/** Makes answers with scores from a seed. Later strategies have higher scores. */
function sampleAnswers(all: readonly EvaluatedStrategy[], prompts: readonly Prompt[], samples: number): Answer[] {
  const next = createRandomIndex(24)
  const answer = (strategy: EvaluatedStrategy, rank: number, prompt: string, sample: number): Answer => {
    const oracle = next(400) / 100 + (rank % strategies.length) / 5 - 2
    const text = `answer, "${sample}"\nof ${strategy.label}`
    const tokens = 20 + next(60)
    return { prompt, strategy: strategy.id, sample, text, tokens, oracle, picker: oracle + next(200) / 100 }
  }
  return all.flatMap((strategy, rank) =>
    prompts.flatMap(({ id }) =>
      Array.from({ length: strategy.role === 'pool' ? samples : 1 }, (_, i) => answer(strategy, rank, id, i)),
    ),
  )
}

const samplePrompts = (dataset: string, count: number): Prompt[] =>
  Array.from({ length: count }, (_, i) => ({ id: `${dataset}-${i}`, text: ` Prompt ${i} of ${dataset}?`, dataset }))

/** Six of eight judgements prefer AAD to Greedy DPO. */
const sampleJudgements = (pair: string, prompts: readonly Prompt[]) =>
  prompts
    .slice(0, 8)
    .map(({ id }, i) => ({ prompt: id, first: `${pair}/aad`, second: `${pair}/dpo`, score: i % 4 === 0 ? 0 : 1 }))

const names = {
  format: 'tandem-evaluation/1',
  title: 'Sample <evaluation>',
  createdAt: '2026-11-30T12:00:00Z',
  facts: { code: 'abc & def' },
  oracle: 'oracle-90',
  picker: 'picker-10',
  reference: 'AAD',
  baseline: 'Greedy SFT',
} as const

const heldOutPairs = [
  { chosen: 1, rejected: 0 },
  { chosen: 0, rejected: 1 },
]

/** Makes results with every kind of strategy. */
export function sampleResults(shape: SampleShape = {}): EvaluationResultsInput {
  const { pairs = ['tiny'], datasets = ['toy'], promptsEach = 12, samples = 4 } = shape
  const prompts = datasets.flatMap((dataset) => samplePrompts(dataset, promptsEach))
  const all = pairs.flatMap((pair) => strategies.map((one) => ({ ...one, id: `${pair}/${one.id}`, pair })))
  return {
    ...names,
    prompts,
    strategies: all,
    answers: sampleAnswers(all, prompts, samples),
    judgements: sampleJudgements(pairs[0] ?? '', prompts),
    heldOut: [{ rewardModel: 'picker-10', dataset: 'toy', pairs: heldOutPairs }],
  }
}
