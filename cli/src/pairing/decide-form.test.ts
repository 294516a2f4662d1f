import { describe, expect, it } from 'vitest'
import { decideForm, describeVerdict, type Form } from './decide-form.js'

const timesOf = (single: [number[], number[]], concurrent: [number[], number[]] = [[10], [10]]) => ({
  single: { paired: single[0], separate: single[1] },
  concurrent: { paired: concurrent[0], separate: concurrent[1], answers: 16 },
})

describe('decideForm', () => {
  it.each<[string, ReturnType<typeof timesOf>, Form]>([
    ['one process if it is faster', timesOf([[20], [25]], [[9], [10]]), 'paired'],
    ['two services if they are faster', timesOf([[30], [20]], [[11], [10]]), 'separate'],
    ['with equal weight for one answer and concurrent answers', timesOf([[20], [25]], [[10], [8]]), 'separate'],
    ['by concurrent answers if one answer takes the same', timesOf([[25], [25]], [[8], [10]]), 'paired'],
    ['two services if the gain is within the noise', timesOf([[96], [100]], [[96], [100]]), 'separate'],
    ['one process from a gain of 5% on', timesOf([[95], [100]], [[94.9], [100]]), 'paired'],
    [
      'by medians, which outliers do not move',
      timesOf(
        [
          [9, 10, 90, 11],
          [20, 21],
        ],
        [[7, 100, 7], [10]],
      ),
      'paired',
    ],
  ])('chooses %s', (_name, times, form) => {
    expect(decideForm(times)).toMatchObject({ form })
  })

  it('returns the medians', () => {
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
      form: 'paired',
      single: { paired: 10.5, separate: 20.5 },
      concurrent: { paired: 5, separate: 6, answers: 16 },
    })
  })

  it.each([timesOf([[], [20]]), timesOf([[20], [20]], [[10], []])])('refuses a load without a round', (times) => {
    expect(() => decideForm(times)).toThrow('no round was measured')
  })
})

it('describes both forms', () => {
  const single = { paired: 21.32, separate: 25 }
  const concurrent = { paired: 12, separate: 8.1, answers: 16 }
  expect(describeVerdict({ form: 'paired', single, concurrent })).toBe(
    'one process: 21.3 ms a token, 12.0 with 16 answers at once; two services: 25.0, 8.1',
  )
})
