import { expect, it } from 'vitest'
import { compareRuns } from './compare-runs.js'
import { parseResults } from './results/parse-results.js'
import { type Cell, notesOf } from './tables/table.js'
import { type SmallScores, smallResults } from './testing/small-results.js'

const run = (scores: SmallScores, change: object = {}) => parseResults({ ...smallResults(scores), ...change })
const value = (cell: Cell | undefined) =>
  cell?.kind === 'estimate' ? cell.estimate.value : cell?.kind === 'number' ? cell.value : null

it('compares methods of two runs on common prompts', () => {
  const before = run({ AAD: [1, 2, 3], EFT: [0, 0, 0] })
  const after = run({ AAD: [2, 2, 5, 9], Greedy: [0, 0, 0, 0] }, { title: 'Later' })
  const report = compareRuns(before, after, { resamples: 100 })
  expect(report.title).toBe('Later against Small')
  expect(report.notes).toEqual(['Only in the run before: EFT.', 'Only in the run after: Greedy.'])
  const [row] = report.tables[0]?.rows ?? []
  // Differences 1, 0, 2 on three prompts; tokens 10, 20, 30 on both sides.
  expect(row?.slice(3, 8).map(value)).toEqual([3, 2, 3, 1, 2.5 / 3])
  expect(row?.slice(10).map(value)).toEqual([20, 20])
  const difference = row?.[6]
  expect(difference?.kind === 'estimate' && difference.estimate.interval?.low).toBeLessThan(1)
})

it('knows prompts by their text, not by their id', () => {
  const before = run({ AAD: [1, 2] })
  const after = run(
    { AAD: [5, 6] },
    {
      prompts: [
        { id: 'p0', text: 'Prompt 1', dataset: 'toy' },
        { id: 'p1', text: 'Other', dataset: 'toy' },
      ],
    },
  )
  const [row] = compareRuns(before, after).tables[0]?.rows ?? []
  expect(row?.slice(3, 7).map(value)).toEqual([1, 2, 5, 3])
})

it('compares runs of one pair each, whatever the names of the pairs', () => {
  const after = smallResults({ AAD: [3] })
  const renamed = { ...after, strategies: after.strategies.map((strategy) => ({ ...strategy, pair: 'round 1' })) }
  const report = compareRuns(run({ AAD: [1] }), parseResults(renamed))
  expect(report.notes).toEqual([])
  const [row] = report.tables[0]?.rows ?? []
  expect(row?.slice(1, 2)).toEqual([{ kind: 'text', text: 'tiny, then round 1' }])
  expect(row?.slice(3, 7).map(value)).toEqual([1, 1, 3, 2])
})

it.each([
  ['version a', 'version a', true],
  [undefined, 'version a', true],
  ['version a', 'version b', false],
])('the oracle %s and %s of one name: can be compared is %j', (first, second, isComparable) => {
  const scored = (version?: string) =>
    run({ AAD: [1, 2] }, { facts: version === undefined ? {} : { 'model oracle': version } })
  const compare = () => compareRuns(scored(first), scored(second), { resamples: 100 })
  if (isComparable) expect(compare().tables).toHaveLength(1)
  else expect(compare).toThrow('The oracle oracle of one run is version a, and that of the other is version b')
})

it('says that parameters changed, and that no prompt is common', () => {
  const after = smallResults({ AAD: [1] })
  const changed = {
    ...after,
    prompts: [{ id: 'p0', text: 'Other', dataset: 'toy' }],
    strategies: after.strategies.map((strategy) => ({ ...strategy, parameters: { alpha: 0.2 } })),
  }
  const report = compareRuns(run({ AAD: [1] }), parseResults(changed))
  expect(report.notes).toEqual(['AAD was {"strategy":"AAD"} before and is {"strategy":"AAD","alpha":0.2} after.'])
  expect(report.tables.flatMap(notesOf)).toEqual(['AAD, R before: no common prompts'])
})

it('refuses runs that two oracles scored', () => {
  expect(() => compareRuns(run({ AAD: [1] }), run({ AAD: [1] }, { oracle: 'other' }))).toThrow(
    'The runs were scored by oracle and other: expected one oracle. Score one of them again',
  )
})
