import { expect, test } from 'vitest'
import { ActiveAnswers } from './active-answers.js'

test('is busy from four answers on, until one of them ends', () => {
  const activeAnswers = new ActiveAnswers()
  const removeThree = activeAnswers.add(3)
  expect(activeAnswers.isBusy).toBe(false)
  const remove = activeAnswers.add(1)
  expect(activeAnswers.isBusy).toBe(true)
  remove()
  expect(activeAnswers.isBusy).toBe(false)
  removeThree()
  expect(activeAnswers.isBusy).toBe(false)
})
