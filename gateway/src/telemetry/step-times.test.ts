import { attributeNames as names } from '@tandem/telemetry'
import { expect, test } from 'vitest'
import { noTime, type Token } from '../decode/loop/token.js'
import { StepTimes } from './step-times.js'

const token = (stepUs: number, isDraft = false): Token => ({
  id: 5,
  logprob: null,
  top: [],
  detail: null,
  choice: { candidateCount: 2, advantage: 0.5, isDraft },
  timing: { ...noTime, startMs: 0, endMs: 10, stepUs },
})

test('leaves out the first step of each answer, and drafts', () => {
  const times = new StepTimes()
  times.add(0, [token(900), token(0, true)])
  times.add(1, [token(900)])
  times.add(0, [token(10)])
  times.add(1, [token(20), token(0, true)])
  times.add(1, [token(30)])
  expect(times.toAttributes()).toEqual({
    [names.medianStepUs]: 20,
    [names.p95StepUs]: 30,
    [names.slowestStepUs]: 30,
    [names.slowestStep]: 2,
  })
})

test('has nothing to say about one step', () => {
  const times = new StepTimes()
  times.add(0, [token(900)])
  expect(times.toAttributes()).toEqual({})
})
