import { expect, it } from 'vitest'
import { buildReport } from '../build-report.js'
import { formatCell } from '../tables/table.js'
import { type SmallScores, smallResults } from '../testing/small-results.js'
import { combineRuns } from './combine-runs.js'
import { parseResults } from './parse-results.js'
import type { EvaluationResultsInput } from './results-schema.js'

/** A run of a pair. */
function run(pair: string, scores: SmallScores, change: Partial<EvaluationResultsInput> = {}) {
  const small = smallResults(scores)
  const strategies = small.strategies.map((strategy) => ({ ...strategy, pair }))
  return parseResults({ ...small, strategies, facts: { seed: '1' }, ...change })
}

it('has a block of columns for each pair, with the values of its own run', () => {
  const [small, large] = [{ AAD: [1, 2, 3], SFT: [0, 1, 1] } as const, { AAD: [7, 8, 9], SFT: [9, 9, 9] } as const]
  const combined = combineRuns(run('1B', small), [run('3B', large, { createdAt: '2026-12-01T12:00:00Z' })])
  const report = buildReport(combined, { resamples: 50 })
  const table = report.tables.find(({ id }) => id === 'methods')
  expect(table?.columns).toEqual(['method', 'dataset', '1B: R', '1B: W', '1B: tokens', '3B: R', '3B: W', '3B: tokens'])
  const shown = table?.rows.map((row) => row.map((cell) => formatCell(cell).replace(/ \[.*/, '')))
  expect(shown).toEqual([
    ['SFT', 'toy', '0.67', '1.00', '20', '9.00', '0.17', '20'],
    ['AAD', 'toy', '2.00', '–', '20', '8.00', '–', '20'],
  ])
  expect(combined).toMatchObject({ title: 'Evaluations of 1B, 3B', createdAt: '2026-12-01T12:00:00Z' })
  expect(combined.facts).toEqual({ '1B: seed': '1', '3B: seed': '1' })
})

it('knows prompts by their text, which the runs may have in another order', () => {
  const prompts = ['Prompt 1', 'Other'].map((text, i) => ({ id: `p${i}`, text, dataset: 'toy' }))
  const combined = combineRuns(run('1B', { AAD: [1, 2] }), [run('3B', { AAD: [5, 6] }, { prompts })])
  expect(combined.prompts.map(({ text }) => text)).toEqual(['Prompt 0', 'Prompt 1', 'Other'])
  const ids = new Map(combined.prompts.map(({ id, text }) => [id, text]))
  expect(combined.answers.map(({ prompt, oracle }) => [ids.get(prompt), oracle])).toEqual([
    ['Prompt 0', 1],
    ['Prompt 1', 2],
    ['Prompt 1', 5],
    ['Other', 6],
  ])
})

it('keeps judgements and a picker only if all runs have the same', () => {
  const judgements = [{ prompt: 'p0', first: 'AAD', second: 'SFT', score: 1 }]
  const judged = (pair: string, judge: string) =>
    run(pair, { AAD: [1], SFT: [0] }, { judge, picker: judge, judgements })
  expect(combineRuns(judged('1B', 'a'), [judged('3B', 'a')])).toMatchObject({
    ...{ judge: 'a', picker: 'a' },
    judgements: [
      { first: '0: AAD', second: '0: SFT' },
      { first: '1: AAD', second: '1: SFT' },
    ],
  })
  const mixed = combineRuns(judged('1B', 'a'), [judged('3B', 'b')])
  expect(mixed).toMatchObject({ judge: null, picker: null, judgements: [] })
})

it.each<[string, string, Partial<EvaluationResultsInput>]>([
  ['one pair twice', 'Two runs are of the pair 1B: expected a different pair in each', {}],
  ['another reference', 'The references of the runs are AAD and SFT: expected one', { reference: 'SFT' }],
  ['another oracle', 'The runs were scored by oracle and other: expected one oracle', { oracle: 'other' }],
])('refuses %s', (name, message, change) => {
  const scores = { AAD: [1], SFT: [0] }
  const second = run(name === 'one pair twice' ? '1B' : '3B', scores, change)
  expect(() => combineRuns(run('1B', scores), [second])).toThrow(message)
})
