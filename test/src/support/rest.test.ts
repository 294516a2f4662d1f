import { describe, expect, test } from 'vitest'
import type { GoldenRow } from './fixtures.js'
import { compare } from './rest.js'

const row: GoldenRow = {
  prompt: 0,
  prompt_ids: [1],
  method: 'aad',
  params: { alpha: 0.1 },
  max_tokens: 3,
  token_ids: [5, 6],
  finish: 'stop',
  text: '',
  margins: [0.5, 0.0001, 0.5],
}

describe('an answer compared with a golden row', () => {
  test('is equal if the tokens and the end are the same', () => {
    expect(compare(row, { tokenIds: [5, 6], finish: 'stop' }, 1e-5)).toBe('equal')
  })

  test('may differ after a step with a margin below the error times the factor, 4 for aad', () => {
    expect(compare(row, { tokenIds: [5, 9, 9], finish: 'length' }, 3e-5)).toBe('excused')
    expect(compare(row, { tokenIds: [5, 9, 9], finish: 'length' }, 2e-5)).toContain('step 1 (margin 0.0001)')
    const eft = { ...row, method: 'eft', params: { beta: 4 } }
    expect(compare(eft, { tokenIds: [5, 9, 9], finish: 'length' }, 1e-5)).toBe('excused')
    expect(compare({ ...row, method: 'greedy-dpo' }, { tokenIds: [5, 9, 9], finish: 'length' }, 3e-5)).toContain(
      'step 1',
    )
  })

  test('is reported with the step, the expected and the found token if it differs elsewhere', () => {
    expect(compare(row, { tokenIds: [7], finish: 'stop' }, 1e-5)).toContain('expected 5, found 7')
    expect(compare(row, { tokenIds: [5, 6, 7], finish: 'length' }, 1e-5)).toContain(
      'step 2 (margin 0.5): expected stop, found 7',
    )
    expect(compare(row, { tokenIds: [5], finish: 'length' }, 0)).toContain('expected 6, found length')
  })
})
