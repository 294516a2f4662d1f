import { expect, test } from 'vitest'
import { Crowd } from './active-answers.js'

test('four answers are a crowd, until one of them ends', () => {
  const crowd = new Crowd()
  const leaveThree = crowd.join(3)
  expect(crowd.isCrowded).toBe(false)
  const leave = crowd.join(1)
  expect(crowd.isCrowded).toBe(true)
  leave()
  expect(crowd.isCrowded).toBe(false)
  leaveThree()
  expect(crowd.isCrowded).toBe(false)
})
