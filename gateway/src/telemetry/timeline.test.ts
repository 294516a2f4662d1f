import { maxTimings } from '@tandem/process'
import { expect, test } from 'vitest'
import { noTime, type Token } from '../decode/loop/token.js'
import { RequestAnswers } from './answer-times.js'
import type { RequestSummary } from './request-summary.js'
import { Timeline } from './timeline.js'

const token: Token = {
  ...{ id: 5, logprob: null, top: [], detail: null },
  choice: { candidateCount: 2, advantage: 0.5, isDraft: false },
  timing: { ...noTime, startMs: 0, endMs: 10 },
}
const summary: RequestSummary = {
  operation: 'chat',
  keyName: null,
  request: null,
  answers: new RequestAnswers(),
  failovers: 0,
  arrivedMs: 0,
  bodyReadMs: 1,
  waitingSinceMs: 2,
  admittedMs: 3,
  endMs: 9,
  failure: null,
}

test('has the tokens of each answer in the order of the answers', () => {
  const timeline = new Timeline()
  timeline.add(1, [token])
  timeline.add(0, [token, token])
  timeline.add(1, [token, token])
  timeline.add(2, [])
  const { answers, droppedTimings } = timeline.toMessage(summary, '/v1/completions', 'id')
  expect(answers.map((timings) => timings.length)).toEqual([2, 3])
  expect(droppedTimings).toBe(0)
})

test('counts the tokens that a message has no place for', () => {
  const timeline = new Timeline()
  timeline.add(
    0,
    Array.from({ length: maxTimings - 1 }, () => token),
  )
  timeline.add(1, [token, token, token])
  const { answers, droppedTimings } = timeline.toMessage(summary, '/v1/completions', 'id')
  expect([answers.map((timings) => timings.length), droppedTimings]).toEqual([[maxTimings - 1, 1], 2])
})
