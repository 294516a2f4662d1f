import { expect, it } from 'vitest'
import { createRowProgress, describeRows, formatTime } from './row-progress.js'

const counts = (rows: number, written: number, changes: object = {}) => ({
  ...{ rows, written, errors: 0, completionTokens: written * 10 },
  ...changes,
})

it.each([
  [counts(0, 0), 0, '0/100 rows'],
  [counts(40, 0), 5, '40/100 rows'],
  [counts(50, 10), 20, '50/100 rows, 5.0 tokens/s, 2 min left'],
  [counts(50, 10, { errors: 1 }), 2, '50/100 rows, 50.0 tokens/s, 10 s left, 1 error'],
  [counts(50, 10, { completionTokens: 0 }), 20, '50/100 rows, 2 min left'],
  [counts(100, 100, { errors: 2 }), 10, '100/100 rows, 100.0 tokens/s, 2 errors'],
])('%j after %d s: %s', (state, seconds, expected) => expect(describeRows(state, 100, seconds)).toBe(expected))

it.each([
  [0.2, '1 s'],
  [59, '59 s'],
  [60, '1 min'],
  [61, '2 min'],
  [3600, '1 h 0 min'],
  [11_000, '3 h 4 min'],
])('%d s are %s', (seconds, expected) => expect(formatTime(seconds)).toBe(expected))

it('prints a line every ten seconds and one at the end, if the output is not a terminal', () => {
  let text = ''
  let ms = 0
  const output = { write: (line: string) => (text += line) }
  const progress = createRowProgress(output, 'answers.jsonl', () => ms)
  for (const [atMs, rows] of [
    [1000, 1],
    [10_000, 20],
    [11_000, 22],
    [20_000, 40],
    [21_000, 42],
    [22_000, 42],
  ] as const) {
    ms = atMs
    progress.update(counts(rows, rows), 42)
  }
  progress.stop()
  expect(text.split('\n')).toEqual([
    'answers.jsonl: 20/42 rows, 20.0 tokens/s, 11 s left',
    'answers.jsonl: 40/42 rows, 20.0 tokens/s, 1 s left',
    'answers.jsonl: 42/42 rows, 20.0 tokens/s',
    '',
  ])
})
