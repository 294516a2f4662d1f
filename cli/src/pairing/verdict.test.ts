import { describe, expect, it } from 'vitest'
import { decideForm, describeVerdict, type Form, formOf, type Verdict } from './verdict.js'

const timesOf = (one: [number[], number[]], crowd: [number[], number[]] = [[10], [10]]) => ({
  one: { paired: one[0], apart: one[1] },
  crowd: { paired: crowd[0], apart: crowd[1], answers: 16 },
})

describe('decideForm', () => {
  it.each<[string, ReturnType<typeof timesOf>, Form]>([
    ['the faster one', timesOf([[20], [25]], [[9], [10]]), 'paired'],
    ['two services where these are', timesOf([[30], [20]], [[11], [10]]), 'apart'],
    ['one answer and a crowd count alike', timesOf([[20], [25]], [[10], [8]]), 'apart'],
    ['a crowd may decide', timesOf([[25], [25]], [[8], [10]]), 'paired'],
    ['two services within the noise', timesOf([[96], [100]], [[96], [100]]), 'apart'],
    ['paired from 5% on', timesOf([[95], [100]], [[94.9], [100]]), 'paired'],
    [
      'medians: an outlier is none',
      timesOf(
        [
          [9, 10, 90, 11],
          [20, 21],
        ],
        [[7, 100, 7], [10]],
      ),
      'paired',
    ],
  ])('%s', (_name, times, form) => {
    expect(decideForm(times)).toMatchObject({ type: 'measured', form })
  })

  it('keeps the medians of what was measured', () => {
    expect(
      decideForm(
        timesOf(
          [
            [9, 10, 90, 11],
            [20, 21],
          ],
          [[5], [6]],
        ),
      ),
    ).toEqual({
      type: 'measured',
      form: 'paired',
      one: { paired: 10.5, apart: 20.5 },
      crowd: { paired: 5, apart: 6, answers: 16 },
    })
  })

  it.each([timesOf([[], [20]]), timesOf([[20], [20]], [[10], []])])('a load without a round is no trial', (times) => {
    expect(decideForm(times)).toEqual({ type: 'failed', reason: 'no round was measured' })
  })

  it('a trial that failed means two services', () => {
    expect(formOf({ type: 'failed', reason: 'x' })).toBe('apart')
  })
})

describe('describeVerdict', () => {
  const [one, crowd] = [
    { paired: 21.32, apart: 25 },
    { paired: 12, apart: 8.1, answers: 16 },
  ]
  it.each<[Verdict, string]>([
    [
      { type: 'measured', form: 'paired', one, crowd },
      'paired: 21.3 ms a token, 12.0 with 16 answers at once; two services: 25.0, 8.1: paired',
    ],
    [
      { type: 'measured', form: 'apart', one, crowd },
      'paired: 21.3 ms a token, 12.0 with 16 answers at once; two services: 25.0, 8.1: two services',
    ],
    [{ type: 'failed', reason: 'x' }, 'paired: not measured (x): two services'],
  ])('%j', (verdict, text) => {
    expect(describeVerdict(verdict)).toBe(text)
  })
})
