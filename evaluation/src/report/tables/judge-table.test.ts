import { expect, it } from 'vitest'
import { buildReport } from '../build-report.js'
import { tableToCsv } from '../output/to-csv.js'
import { reportToHtml } from '../output/to-html.js'
import { reportToMarkdown } from '../output/to-markdown.js'
import { parseResults } from '../results/parse-results.js'
import type { Judgement } from '../results/results-schema.js'
import { smallResults } from '../testing/small-results.js'
import { formatCell, notesOf, type Table } from './table.js'

type Judged = Pick<Judgement, 'score' | 'orders'>

/** Reports judgements of AAD against Greedy, one for each prompt. */
function reportOf(judgements: readonly Judged[], aad: readonly number[], greedy: readonly number[], swapped = false) {
  const [first, second] = swapped ? ['Greedy', 'AAD'] : ['AAD', 'Greedy']
  const named = judgements.map((judged, i) => ({ prompt: `p${i}`, first, second, ...judged }))
  const results = { ...smallResults({ AAD: aad, Greedy: greedy }), judge: 'gpt', judgements: named }
  return buildReport(parseResults(results), { resamples: 100 })
}

function judgeTableOf(report: ReturnType<typeof reportOf>): Table {
  const table = report.tables.find(({ id }) => id === 'judge')
  if (!table) throw new Error('expected a table of the judge')
  return table
}

/** The cells of the only row by their columns, without intervals. */
function cellsOf({ columns, rows }: Table) {
  const shown = rows[0]?.map((cell) => formatCell(cell).replace(/ \[.*/, ''))
  return Object.fromEntries(columns.map((name, i) => [name, shown?.[i]]))
}

const win: Judged = { score: 1, orders: ['first', 'first'] }
const loss: Judged = { score: 0, orders: ['second', 'second'] }
const firstPlaces: Judged = { score: 0.5, orders: ['first', 'second'] }
const equal: Judged = { score: 0.5, orders: null }
const unread: Judged = { score: null, orders: ['first', 'unparsed'] }
const refused: Judged = { score: null, orders: ['refused', 'refused'] }

const all = [win, win, loss, firstPlaces, equal, unread, refused]
const report = reportOf(all, [3, 1, 3, 3, 3, 3, 3], [1, 2, 1, 1, 3, 1, 1])

it('counts wins, ties and missing verdicts, and compares orders, places and the oracle', () => {
  expect(cellsOf(judgeTableOf(report))).toEqual({
    comparison: 'AAD against Greedy',
    pair: 'tiny',
    dataset: 'toy',
    prompts: '5',
    // Two wins and two ties of five.
    'W by judge': '0.60',
    // Five wins, a tie and a loss of seven.
    'W by oracle': '0.79',
    ties: '2',
    'equal answers': '1',
    'no verdict': '2',
    // Of the four that have verdicts in both orders, one differs.
    'same in both orders': '0.75',
    // 0.5 of three, and 1 of one.
    'first place': '0.63',
    // The judge and the oracle agree on the first of three prompts that neither calls a tie.
    agreement: '0.33',
    'more tokens': '0',
  })
})

it('says the same if the judgements name the strategies the other way round', () => {
  const others = { first: 'second', second: 'first', tie: 'tie', unparsed: 'unparsed', refused: 'refused' } as const
  const swapped = all.map(({ score, orders }): Judged => {
    const mirrored: Judged['orders'] = orders && [others[orders[1]], others[orders[0]]]
    return { score: score === null ? null : 1 - score, orders: mirrored }
  })
  const other = reportOf(swapped, [3, 1, 3, 3, 3, 3, 3], [1, 2, 1, 1, 3, 1, 1], true)
  expect(cellsOf(judgeTableOf(other))).toEqual(cellsOf(judgeTableOf(report)))
})

it('shows that a judge prefers the first place', () => {
  const table = judgeTableOf(reportOf([firstPlaces, firstPlaces], [1, 2], [2, 1]))
  expect(cellsOf(table)).toMatchObject({
    'W by judge': '0.50',
    ties: '2',
    'same in both orders': '0.00',
    'first place': '1.00',
  })
})

it('names the prompts without a verdict, and says why', () => {
  expect(report.notes).toEqual([
    'The judge gpt gave no verdict on 2 of 7 prompts for AAD (tiny) and Greedy (tiny): p5, p6. ' +
      'Answers of the judge that are no verdict: 1. Requests that failed: 2. Its win rates leave them out.',
  ])
})

it('has no numbers of a judge that gave no verdict at all, and says so', () => {
  const table = judgeTableOf(reportOf([unread, refused], [1, 2], [2, 1]))
  expect(cellsOf(table)).toMatchObject({ prompts: '0', 'W by judge': '–', 'no verdict': '2', agreement: '–' })
  expect(notesOf(table)).toContain('AAD against Greedy, W by judge: no comparison has a verdict in both orders')
})

it('is in every form of the report', () => {
  const table = judgeTableOf(report)
  expect(tableToCsv(table)).toMatch(/^comparison,pair,dataset,prompts,W by judge,W by judge low,W by judge high,/)
  expect(reportToMarkdown(report)).toContain('## Judge gpt')
  expect(reportToHtml(report, new Map())).toContain('<section id="judge"><h2>Judge gpt</h2>')
  expect(report.facts).toContainEqual(['judge', 'gpt'])
})

it('is missing if there is no judge', () => {
  const plain = buildReport(parseResults(smallResults({ AAD: [1, 2], Greedy: [2, 1] })), { resamples: 100 })
  expect(plain.tables.map(({ id }) => id)).not.toContain('judge')
})
