import { describe, expect, it } from 'vitest'
import { buildReport } from './build-report.js'
import type { Report } from './report.js'
import { parseResults } from './results/parse-results.js'
import { type Cell, formatCell, notesOf } from './tables/table.js'
import { sampleResults } from './testing/sample-results.js'
import { type SmallScores, smallResults } from './testing/small-results.js'

const fast = { resamples: 100 }
const small = (scores: SmallScores) => buildReport(parseResults(smallResults(scores)), fast)

function tableOf(report: Report, id: string) {
  const table = report.tables.find((shown) => shown.id === id)
  if (!table) throw new Error(`expected a table ${id}`)
  return table
}

/** The values of a row's cells: text, numbers, and null for none. */
const valuesOf = (row: readonly Cell[] | undefined) =>
  row?.map((cell) => {
    if (cell.kind === 'text') return cell.text
    if (cell.kind === 'number') return cell.value
    return cell.kind === 'estimate' ? cell.estimate.value : null
  })

describe('the tables of a small evaluation', () => {
  const report = small({ AAD: [3, 2, 5, 4], 'Greedy SFT': [1, 2, 6, 0] })

  it('have R, W of the reference, and length; the reference comes last and has no W', () => {
    const table = tableOf(report, 'methods')
    expect(table.columns).toEqual(['method', 'R', 'W', 'tokens'])
    expect(table.rows.map(valuesOf)).toEqual([
      ['Greedy SFT', 2.25, 0.625, 25],
      ['AAD', 3.5, null, 25],
    ])
    expect(formatCell(table.rows[0]?.[2] ?? { kind: 'none', reason: null })).toMatch(/^0\.63 \[0\.\d\d, 1\.00\]$/)
  })

  it('have paired differences with tests', () => {
    const [row] = tableOf(report, 'tests').rows
    // Differences 2, 0, -1, 4: mean 1.25. Ranks 2, 1, 3: W = 1, so p = 2 * 2/8.
    expect(valuesOf(row)?.slice(0, 6)).toEqual(['Greedy SFT', 'tiny', 'toy', 4, 1.25, 0.625])
    expect(valuesOf(row)?.[7]).toBe(0.5)
    expect(valuesOf(row)?.[8]).toBe(0)
  })

  it('have ratings by the outcomes', () => {
    const { rows } = tableOf(report, 'ratings')
    const odds = 2.5 / 1.5
    expect(rows.map((row) => valuesOf(row)?.[0])).toEqual(['AAD', 'Greedy SFT'])
    expect(valuesOf(rows[0])?.[4]).toBeCloseTo(1500 + 200 * Math.log10(odds), 6)
  })
})

it('says why there is no interval for one prompt, and leaves out tests', () => {
  const report = small({ AAD: [3], Greedy: [1] })
  expect(notesOf(tableOf(report, 'methods'))).toContain('Greedy, R: one value has no spread')
  expect(notesOf(tableOf(report, 'tests'))).toContain('Greedy, p (t): a test needs at least two prompts')
  expect(notesOf(tableOf(report, 'ratings'))[0]).toMatch(/^AAD, Elo: AAD never lost against or tied Greedy/)
})

it('has no table of comparisons with one method', () => {
  expect(small({ AAD: [1, 2, 3] }).tables.map(({ id }) => id)).toEqual(['methods', 'criteria', 'lengths'])
})

it('says that all are ties', () => {
  const report = small({ AAD: [1, 2, 3], Greedy: [1, 2, 3] })
  expect(notesOf(tableOf(report, 'methods'))).toEqual(['Greedy, W: all 3 values are equal'])
  expect(valuesOf(tableOf(report, 'methods').rows[0])?.[2]).toBe(0.5)
  expect(notesOf(tableOf(report, 'tests'))).toContain('Greedy, p (Wilcoxon): all differences are zero')
})

it('reports methods without any score, and names the missing rows', () => {
  const report = small({ AAD: [1, 2], Greedy: [null, null], EFT: [null, 1] })
  expect(report.notes).toHaveLength(2)
  expect(valuesOf(tableOf(report, 'methods').rows[0])).toEqual(['Greedy', null, null, null])
  expect(valuesOf(tableOf(report, 'tests').rows[1])?.slice(3, 6)).toEqual([1, 1, 1])
  expect(notesOf(tableOf(report, 'tests'))).toContain('Greedy, W: no common prompts')
})

describe('the report of a full evaluation', () => {
  const report = buildReport(parseResults(sampleResults({ datasets: ['toy', 'other'] })), fast)

  it('has one block of columns for each dataset with one pair, as Table 3', () => {
    expect(tableOf(report, 'methods').columns).toEqual([
      ...['method', 'toy: R', 'toy: W', 'toy: tokens', 'other: R', 'other: W', 'other: tokens'],
    ])
  })

  it('has a block of columns for each pair with several, as Tables 1 and 8', () => {
    const two = buildReport(parseResults(sampleResults({ pairs: ['1B', '3B'], datasets: ['toy', 'other'] })), fast)
    const table = tableOf(two, 'methods')
    expect(table.columns).toEqual(['method', 'dataset', '1B: R', '1B: W', '1B: tokens', '3B: R', '3B: W', '3B: tokens'])
    expect(table.rows.map((row) => valuesOf(row)?.slice(0, 2))).toEqual(
      ['toy', 'other'].flatMap((of) => ['Greedy SFT', 'Greedy DPO', 'Bo2', 'EFT', 'AAD'].map((label) => [label, of])),
    )
  })

  it('has tables in the forms of Tables 4, 5 and 6', () => {
    const baseline = tableOf(report, 'baseline').rows
    expect(valuesOf(baseline[0])?.slice(4, 6)).toEqual([null, null])
    // The judge decided 8 prompts: 6 wins of AAD against Greedy DPO.
    expect(valuesOf(baseline[1])?.[5]).toBe(0.75)
    const judged = tableOf(report, 'ratings').rows.filter((row) => valuesOf(row)?.[3] === 'judge')
    expect(judged.map((row) => valuesOf(row)?.[0])).toEqual(['AAD', 'Greedy DPO'])
    expect(valuesOf(tableOf(report, 'reward-models').rows[0])).toEqual(['picker-10', 'toy', 2, 0.5, 0])
  })

  it('has best-of-N for every N, which rises if the oracle picks', () => {
    const rows = tableOf(report, 'best-of-n').rows.filter((row) => valuesOf(row)?.[2] === 'toy')
    expect(rows.map((row) => valuesOf(row)?.[3])).toEqual([1, 2, 3, 4])
    const oracle = rows.map((row) => Number(valuesOf(row)?.[4]))
    expect(oracle).toEqual([...oracle].sort((a, b) => a - b))
    expect(valuesOf(rows[0])?.[4]).toBeCloseTo(Number(valuesOf(rows[0])?.[6]), 9)
    // Of one sample, both pick the same: the mean length of all.
    expect(valuesOf(rows[0])?.[7]).toBeCloseTo(Number(valuesOf(rows[0])?.[8]), 9)
  })

  it('has the figures of the paper, one sweep each with its second parameter as lines', () => {
    expect(report.figures.map(({ id }) => id)).toEqual([
      'best-of-n-tiny-toy-samples',
      'best-of-n-tiny-other-samples',
      'sweep-aad-alpha-tiny',
      'sweep-beam-width-tiny',
      'sweep-aad-beam-width-tiny-toy',
      'sweep-aad-beam-width-tiny-other',
      'differences-tiny-toy',
      'differences-tiny-other',
    ])
    const sweeps = tableOf(report, 'sweeps').rows.map(valuesOf)
    // The method AAD itself is the point at alpha 0.1.
    const alphas = sweeps.filter((row) => row?.[3] === 'alpha' && row?.[2] === 'toy').map((row) => row?.[4])
    expect(alphas).toEqual([0.05, 0.1, 0.2, 0.5])
    expect(sweeps.filter((row) => row?.[3] === 'width, tau=0.3').map((row) => row?.[4])).toEqual([2, 4, 2, 4])
  })
})

it('names the files of figures differently, even if only characters outside of names differ', () => {
  const input = sampleResults({ datasets: ['a b', 'a-b'], promptsEach: 2, samples: 2 })
  const ids = buildReport(parseResults(input), fast).figures.map(({ id }) => id)
  expect(new Set(ids).size).toBe(ids.length)
  expect(ids).toContain('differences-tiny-a-b-2')
})
