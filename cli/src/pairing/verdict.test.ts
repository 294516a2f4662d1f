import { describe, expect, it } from 'vitest'
import { decideForm, describeVerdict, formOf, type Verdict } from './verdict.js'

describe('decideForm', () => {
  it.each<[string, number[], number[], Verdict]>([
    ['the faster one', [20, 21, 22], [25, 26, 24], { type: 'measured', form: 'paired', pairedMs: 21, apartMs: 25 }],
    ['two services where these are', [30], [20], { type: 'measured', form: 'apart', pairedMs: 30, apartMs: 20 }],
    ['two services within the noise', [96], [100], { type: 'measured', form: 'apart', pairedMs: 96, apartMs: 100 }],
    ['paired from 5% on', [95], [100], { type: 'measured', form: 'paired', pairedMs: 95, apartMs: 100 }],
    [
      'medians: an outlier is none',
      [9, 10, 90, 11],
      [20, 21],
      { type: 'measured', form: 'paired', pairedMs: 10.5, apartMs: 20.5 },
    ],
    ['nothing measured', [], [20], { type: 'failed', reason: 'no round was measured' }],
  ])('%s', (_name, paired, apart, expected) => {
    expect(decideForm({ paired, apart })).toEqual(expected)
  })

  it('a trial that failed means two services', () => {
    expect(formOf({ type: 'failed', reason: 'x' })).toBe('apart')
  })
})

describe('describeVerdict', () => {
  it.each<[Verdict, string]>([
    [
      { type: 'measured', form: 'paired', pairedMs: 21.32, apartMs: 25 },
      'paired: 21.3 ms a token, two services: 25.0: paired',
    ],
    [
      { type: 'measured', form: 'apart', pairedMs: 40, apartMs: 25 },
      'paired: 40.0 ms a token, two services: 25.0: two services',
    ],
    [{ type: 'failed', reason: 'x' }, 'paired: not measured (x): two services'],
  ])('%j', (verdict, text) => {
    expect(describeVerdict(verdict)).toBe(text)
  })
})
