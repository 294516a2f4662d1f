import { csvParseRows } from 'd3-dsv'
import fc from 'fast-check'
import { parseHTML } from 'linkedom'
import { describe, expect, it } from 'vitest'
import { buildReport } from '../build-report.js'
import { renderPng, renderSvg } from '../figures/render-figure.js'
import { parseResults } from '../results/parse-results.js'
import { estimated, formatNumber, none, number, type Table, text } from '../tables/table.js'
import { sampleResults } from '../testing/sample-results.js'
import { answersToCsv, tableToCsv } from './to-csv.js'
import { reportToHtml } from './to-html.js'
import { reportToMarkdown, tableToMarkdown } from './to-markdown.js'

const results = parseResults(sampleResults({ promptsEach: 20 }))
const report = buildReport(results, { resamples: 100 })
const svgs = new Map(
  await Promise.all(report.figures.map(async (figure) => [figure.id, await renderSvg(figure)] as const)),
)

const table: Table = {
  id: 'sample',
  title: 'A | title',
  caption: 'caption',
  columns: ['method', 'R', 'p'],
  rows: [
    [text('a|b <i>'), estimated({ value: -1.005, count: 2, interval: { low: -2, high: 0.001 }, reason: null }), none()],
    [text('c'), estimated({ value: 1, count: 1, interval: null, reason: 'one value' }), number(0.5, 4)],
  ],
}

describe('the HTML page', () => {
  const html = reportToHtml({ ...report, tables: [table, ...report.tables] }, svgs)
  const { document } = parseHTML(html)

  it('needs no script and nothing from the network', () => {
    expect(document.querySelectorAll('script, link, img, iframe').length).toBe(0)
    const addresses = html.match(/\b(?:https?:)?\/\/[^\s"')]+/g) ?? []
    expect([...new Set(addresses)].sort()).toEqual(['http://www.w3.org/1999/xlink', 'http://www.w3.org/2000/svg'])
    expect(document.querySelector('meta[http-equiv]')?.getAttribute('content')).toContain("default-src 'none'")
  })

  it('shows names as text, whatever they are', () => {
    expect(document.querySelector('h1')?.textContent).toBe('Sample <evaluation>')
    expect(document.querySelector('#sample td')?.textContent).toBe('a|b <i>')
    expect(document.querySelectorAll('i').length).toBe(0)
  })

  it('shows values with intervals, and the reason if there is none', () => {
    const cells = [...document.querySelectorAll('#sample td')].map((cell) => cell.textContent)
    expect(cells).toEqual(['a|b <i>', '−1.00 [−2.00, 0.00]', '–', 'c', '1.00', '0.5000'])
    expect(document.querySelector('#sample .notes')?.textContent).toBe('c, R: one value')
  })

  it('has every figure with its caption, in colours of both themes', () => {
    expect(document.querySelectorAll('figure svg').length).toBe(report.figures.length)
    expect(document.querySelectorAll('figcaption').length).toBe(report.figures.length)
    const figures = html.slice(html.indexOf('<body>'))
    expect(figures).toContain('var(--series-1)')
    expect(figures).not.toMatch(/#(?!000\b)[0-9a-f]{6}\b/)
    expect(html).toContain('prefers-color-scheme:dark')
  })
})

describe('figures', () => {
  const { document } = parseHTML(`<html><body>${[...svgs.values()].join('')}</body></html>`)
  const textsOf = (id: string) =>
    [...(parseHTML(`<html>${svgs.get(id)}</html>`).document.querySelectorAll('text') ?? [])].map((at) => at.textContent)

  it('name their axes, lines and comparisons', () => {
    expect(document.querySelectorAll('svg').length).toBe(report.figures.length)
    const curves = textsOf('best-of-n-tiny-toy-samples')
    for (const name of ['N', 'R', 'best by oracle', 'best by picker', 'random', 'AAD']) expect(curves).toContain(name)
    const beams = textsOf('sweep-beam-width-tiny')
    for (const name of ['width', 'W of AAD', 'R', 'AAD', 'toy']) expect(beams).toContain(name)
    expect(textsOf('sweep-aad-alpha-tiny')).not.toContain('W of AAD')
    expect(textsOf('sweep-aad-beam-width-tiny-toy')).toContain('tau')
    const differences = textsOf('differences-tiny-toy')
    for (const name of ['Greedy SFT', 'Greedy DPO', 'Bo2', 'EFT'])
      expect(differences.some((found) => found?.startsWith(`AAD − ${name}: W 0.`))).toBe(true)
  })

  it('draw a point for each N of both pickers and of the random choice', () => {
    const { document: curves } = parseHTML(`<html>${svgs.get('best-of-n-tiny-toy-samples')}</html>`)
    expect(curves.querySelectorAll('.mark-symbol.role-mark path').length).toBe(3 * 4)
  })

  it('become PNG files, or none without fonts', async () => {
    const png = await renderPng([...svgs.values()][0] ?? '')
    if (png) expect([...png.slice(0, 8)]).toEqual([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
  })
})

describe('CSV', () => {
  it('has full numbers, and the ends of intervals in columns of their own', () => {
    expect(csvParseRows(tableToCsv(table))).toEqual([
      ['method', 'R', 'R low', 'R high', 'p'],
      ['a|b <i>', '-1.005', '-2', '0.001', ''],
      ['c', '1', '', '', '0.5'],
    ])
  })

  it('gives back any text', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme' }), { minLength: 1 }), (names) => {
        const rows = names.map((name) => [text(name), text('end')])
        const parsed = csvParseRows(tableToCsv({ ...table, columns: ['name', 'end'], rows }))
        expect(parsed.slice(1).map(([name]) => name)).toEqual(names)
      }),
    )
  })

  it('has every answer, with line ends and quotes', () => {
    const [header = [], ...rows] = csvParseRows(answersToCsv(results))
    expect(rows).toHaveLength(results.answers.length)
    const first = Object.fromEntries(header.map((name, i) => [name, rows[0]?.[i]]))
    const [answer] = results.answers
    expect(first).toMatchObject({
      answer: answer?.text,
      oracle: String(answer?.oracle),
      instruction: ' Prompt 0 of toy?',
    })
  })
})

it('Markdown keeps cells apart and shows names as text', () => {
  expect(tableToMarkdown(table)).toContain('| a\\|b \\<i\\> | −1.00 \\[−2.00, 0.00\\] | – |')
  const markdown = reportToMarkdown(report)
  expect(markdown.startsWith('# Sample \\<evaluation\\>\n')).toBe(true)
  for (const { id } of report.figures) expect(markdown).toContain(`](${id}.svg)`)
})

it.each([
  [-0.001, 2, '0.00'],
  [-1.5, 1, '−1.5'],
  [2, 0, '2'],
])('formats %d to %d digits', (value, digits, shown) => {
  expect(formatNumber(value, digits)).toBe(shown)
})
