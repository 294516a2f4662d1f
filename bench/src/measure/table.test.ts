import { describe, expect, it } from 'vitest'
import { shortSettings } from '../settings.js'
import type { Measure } from './measure.js'
import { reportOf, settingLine } from './report.js'
import type { Result } from './result.js'
import { tableOf } from './table.js'

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
  { type: 'missing', measure: overhead, form: 'fast', reason: 'taskset is missing' },
]

describe('tableOf', () => {
  it('has a row for each number in the order of the cases, with its target if it has one', () => {
    expect(tableOf(results)).toBe(`| case | measure | median (10th–90th percentile) | must reach | notes |
|---|---|---|---|---|
| P1-plain | plain | 2.0 s (2.0 s–2.0 s) |  |  |
| P4 | \\|overhead\\| | 3.4% (3.0%–6.0%) | ≤ 5.0%: yes |  |
| P4-fast | \\|overhead\\| | not measured | ≤ 5.0% | taskset is missing |
| P5-decode | tok/s / llama.cpp's | 1.40 (1.35–1.50) | ≥ 1.30: yes | ours 50.0; llama.cpp 35.7 |
| P5-decode-fast | tok/s / llama.cpp's | 1.40 (1.35–1.50) | ≥ 1.50: no |  |`)
  })
})

describe('the report', () => {
  const hardware = { processor: 'AMD EPYC', cores: 2, memoryBytes: 8 * 2 ** 30, node: '20.20.2', load: 0.25 }
  const report = reportOf(results, hardware, shortSettings, new Date('2026-11-24T15:00:00Z'))

  it('has estimates by key for both forms, and the reasons of missing numbers', () => {
    expect(report.cases).toEqual({
      'P5-decode': { value: 1.4, low: 1.35, high: 1.5 },
      'P5-decode-fast': { value: 1.4, low: 1.35, high: 1.5 },
      P4: { value: 0.034, low: 0.03, high: 0.06 },
      'P1-plain': { value: 2, low: 2, high: 2 },
    })
    expect(report.missing).toEqual({ 'P4-fast': 'taskset is missing' })
    expect(report.notes['P5-decode']).toEqual(['ours 50.0', 'llama.cpp 35.7'])
    expect(JSON.parse(JSON.stringify(report))).toMatchObject({ hardware, date: '2026-11-24T15:00:00.000Z' })
  })

  it('describes hardware and settings in one line', () => {
    expect(settingLine(report)).toBe(
      'AMD EPYC, 2 cores, 8 GiB, load 0.3 before; Node 20.20.2; the short form (3 prompts of 24 tokens, 3 rounds of 6 engine steps, 1 starts); 2026-11-24.',
    )
  })
})
