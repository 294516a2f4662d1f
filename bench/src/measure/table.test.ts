import { describe, expect, it } from 'vitest'
import type { Measure } from '../case.js'
import { shortSettings } from '../settings.js'
import { reportOf, settingLine } from './report.js'
import type { Result } from './result.js'
import { replaceTable, tableOf } from './table.js'

const decode: Measure = {
  key: 'P5-decode',
  what: "tok/s / llama.cpp's",
  unit: 'ratio',
  target: { atLeast: 1.3 },
  fastTarget: { atLeast: 1.5 },
}
const overhead: Measure = { key: 'P4', what: '|overhead|', unit: 'percent', target: { atMost: 0.05 } }
const plain: Measure = { key: 'P1-plain', what: 'plain', unit: 'seconds', target: null }

const results: readonly Result[] = [
  {
    type: 'measured',
    measure: decode,
    form: 'default',
    measurement: { estimate: { value: 1.4, low: 1.35, high: 1.5 }, notes: ['ours 50.0', 'llama.cpp 35.7'] },
  },
  {
    type: 'measured',
    measure: decode,
    form: 'fast',
    measurement: { estimate: { value: 1.4, low: 1.35, high: 1.5 }, notes: [] },
  },
  {
    type: 'measured',
    measure: overhead,
    form: 'default',
    measurement: { estimate: { value: 0.034, low: 0.03, high: 0.06 }, notes: [] },
  },
  {
    type: 'measured',
    measure: plain,
    form: 'default',
    measurement: { estimate: { value: 2, low: 2, high: 2 }, notes: [] },
  },
  { type: 'missing', measure: overhead, form: 'fast', reason: 'there is no taskset' },
]

describe('tableOf', () => {
  it('has a row for each number, by the number of its case, whether it was measured and whether it suffices', () => {
    expect(tableOf(results)).toBe(`| case | measure | median (10th–90th percentile) | must reach | beside it |
|---|---|---|---|---|
| P1-plain | plain | 2.0 s (2.0 s–2.0 s) |  |  |
| P4 | \\|overhead\\| | 3.4% (3.0%–6.0%) | ≤ 5.0%: yes |  |
| P4-fast | \\|overhead\\| | not measured | ≤ 5.0% | there is no taskset |
| P5-decode | tok/s / llama.cpp's | 1.40 (1.35–1.50) | ≥ 1.30: yes | ours 50.0; llama.cpp 35.7 |
| P5-decode-fast | tok/s / llama.cpp's | 1.40 (1.35–1.50) | ≥ 1.50: no |  |`)
  })
})

describe('replaceTable', () => {
  it('replaces what is between the marks, and keeps the rest', () => {
    const document = (table: string) =>
      `# Title\n<!-- measured: npm run bench -- --write -->\n\n${table}\n\n<!-- end of what is measured -->\nrest`
    expect(replaceTable(document('old'), 'new')).toBe(document('new'))
  })

  it('refuses a document without the marks', () => {
    expect(() => replaceTable('# Title', 'new')).toThrow(
      'expected the lines "<!-- measured: npm run bench -- --write -->" and "<!-- end of what is measured -->"',
    )
  })
})

describe('the report', () => {
  const hardware = { processor: 'AMD EPYC', cores: 2, memoryBytes: 8 * 2 ** 30, node: '20.20.2', load: 0.25 }
  const report = reportOf(results, hardware, shortSettings, new Date('2026-11-24T15:00:00Z'))

  it('has estimates by key, the fast form beside the default, and why others are missing', () => {
    expect(report.cases).toEqual({
      'P5-decode': { value: 1.4, low: 1.35, high: 1.5 },
      'P5-decode-fast': { value: 1.4, low: 1.35, high: 1.5 },
      P4: { value: 0.034, low: 0.03, high: 0.06 },
      'P1-plain': { value: 2, low: 2, high: 2 },
    })
    expect(report.missing).toEqual({ 'P4-fast': 'there is no taskset' })
    expect(report.notes['P5-decode']).toEqual(['ours 50.0', 'llama.cpp 35.7'])
    expect(JSON.parse(JSON.stringify(report))).toMatchObject({ hardware, date: '2026-11-24T15:00:00.000Z' })
  })

  it('tells hardware and settings in a line', () => {
    expect(settingLine(report)).toBe(
      'AMD EPYC, 2 cores, 8 GiB, load 0.3 before; Node 20.20.2; the short form (3 prompts of 24 tokens, 3 rounds of 6 engine steps, 1 starts); 2026-11-24.',
    )
  })
})
