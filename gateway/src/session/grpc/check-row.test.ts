import { expect, test } from 'vitest'
import type { Readout, Row } from '../contract/session.js'
import { checkRow } from './check-row.js'

const { NaN: nan, POSITIVE_INFINITY: infinite, NEGATIVE_INFINITY: impossible } = Number
const full: Readout = { kind: 'full' }
const candidates: Readout = { kind: 'candidates', alpha: 0.5, exclude: [] }
const topTwo: Readout = { kind: 'top-k', k: 2 }
const gather: Readout = { kind: 'gather', rows: [[3, 0]] }

/** A row of four ids whose greatest logit is 2. */
function rowOf(tokenIds: number[], logits: number[], values: Partial<Row> = {}): Row {
  return {
    logSumExp: 2.5,
    max: 2,
    scores: [{ tokenIds: Uint32Array.from(tokenIds), logits: Float32Array.from(logits) }],
    ...values,
  }
}
const all = [0, 1, 2, 3]

test.each<[string, Readout, Row]>([
  ['a full row', full, rowOf(all, [0, 2, 1, impossible])],
  ['candidates', candidates, rowOf([1, 2], [2, 1.5])],
  ['the best ids', topTwo, rowOf([1, 2], [2, 1])],
  ['more ids than there are', { kind: 'top-k', k: 9 }, rowOf(all, [2, 1, 0, 0])],
  ['gathered ids, one of them impossible', gather, rowOf([3, 0], [impossible, 0])],
  ['no gathered ids', { kind: 'gather', rows: [[]] }, rowOf([], [])],
])('accepts %s', (_, readout, row) => {
  expect(() => checkRow(row, [readout], 4)).not.toThrow()
})

test.each<[string, Readout, Row, string]>([
  [
    'NaN among the logits',
    full,
    rowOf(all, [0, 2, nan, 1]),
    'expected logits of at most the max 2, found NaN for id 2',
  ],
  ['an infinite logit', gather, rowOf([3, 0], [infinite, 0]), 'at most the max 2, found Infinity for id 3'],
  ['a logit above the max', topTwo, rowOf([1, 2], [2.5, 1]), 'at most the max 2, found 2.5 for id 1'],
  ['no finite sum', gather, rowOf([3, 0], [0, 0], { logSumExp: nan }), 'found max 2 and log-sum-exp NaN'],
  [
    'only impossible ids',
    full,
    rowOf(
      all,
      all.map(() => impossible),
      { max: impossible, logSumExp: impossible },
    ),
    'expected finite values, found max -Infinity and log-sum-exp -Infinity',
  ],
  ['too few logits', full, rowOf([0, 1], [0, 2]), 'expected the logits of all 4 ids, found 2'],
  ['too many logits', full, rowOf([...all, 4], [0, 2, 1, 0, 0]), 'expected the logits of all 4 ids, found 5'],
  ['no candidates', candidates, rowOf([], []), 'expected at least 1 ids for candidates, found 0'],
  ['too few of the best ids', topTwo, rowOf([1], [2]), 'expected at least 2 ids for top-k, found 1'],
  ['an id outside of the vocabulary', candidates, rowOf([1, 4], [2, 2]), 'expected ids below 4, found 4'],
])('refuses %s', (_, readout, row, message) => {
  expect(() => checkRow(row, [readout], 4)).toThrow(message)
})
