import { expect, test } from 'vitest'
import type { ClientAnswer } from './client.js'
import { isSame } from './golden.js'
import { isPassed, tableOf } from './table.js'
import { describe } from './under-load.js'

const answer = (found: Partial<ClientAnswer>): ClientAnswer => ({
  ...{ body: 0, tokenIds: [5, 6], finish: 'length', error: null },
  ...{ firstTokenMs: 100, longestPauseMs: 1_500, durationMs: 3_000, retries: 0 },
  ...found,
})
const isGolden = (found: ClientAnswer) => isSame(found, [5, 6])

test('an answer is right if it is whole and has exactly the golden tokens', () => {
  expect(isGolden(answer({}))).toBe(true)
  // The end token (2) is not part of golden answers.
  expect(isGolden(answer({ tokenIds: [5, 6, 2], finish: 'stop' }))).toBe(true)
  expect(isGolden(answer({ tokenIds: [5, 6, 2] }))).toBe(false)
  expect(isGolden(answer({ tokenIds: [5] }))).toBe(false)
  expect(isGolden(answer({ error: 'terminated' }))).toBe(false)
  expect(isSame(answer({}), undefined)).toBe(false)
})

test('a result counts what is right and says what the others were', () => {
  const answers = [answer({ retries: 2 }), answer({ tokenIds: [5, 7] }), answer({ error: 'terminated' })]
  expect(describe(answers, isGolden)).toEqual({
    tried: 3,
    passed: 1,
    found:
      '1 whole answers with the golden tokens; longest pause 1.5 s; 2 times sent again before an answer had begun; ' +
      '2 others: other tokens, terminated',
  })
  const allowed = describe(answers, (found) => isGolden(found) || found.error === 'terminated')
  expect([allowed.passed, allowed.found]).toEqual([2, expect.stringContaining('1 whole answers')])
})

test('the table has a line for each step, and a step that tried nothing has not passed', () => {
  const rows = [
    { step: { title: 'scale | up' }, result: { tried: 2, passed: 2, found: 'two' }, seconds: 1.6 },
    { step: { title: 'drain' }, result: new Error('no\npod'), seconds: 0 },
    { step: { title: 'none' }, result: { tried: 0, passed: 0, found: '' }, seconds: 0 },
  ]
  expect(tableOf(rows).split('\n').slice(2)).toEqual([
    '| scale \\| up | 2 | 2 | two | 2 s |',
    '| drain | 0 | 0 | not done: no pod | 0 s |',
    '| none | 0 | 0 |  | 0 s |',
  ])
  expect(rows.map(isPassed)).toEqual([true, false, false])
})
