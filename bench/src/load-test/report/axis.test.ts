import { expect, test } from 'vitest'
import { axisOf } from './axis.js'

test.each([
  [100, [0, 20, 40, 60, 80, 100]],
  [1.69, [0, 0.5, 1, 1.5, 2]],
  [5973, [0, 1000, 2000, 3000, 4000, 5000, 6000]],
  [0.3, [0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3]],
  [0, [0, 0.2, 0.4, 0.6, 0.8, 1]],
])('values up to %d have round marks', (largest, marks) => {
  const axis = axisOf(largest)
  expect(axis.marks).toEqual(marks)
  expect(axis.end).toBeCloseTo(marks.at(-1) ?? 0)
})
