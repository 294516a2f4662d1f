import { expect, it } from 'vitest'
import { costOf, costWithRest, medianOf, ownMsPerToken, ratioOf } from './compare.js'
import type { Sample, Samples } from './measure-arms.js'

const sample = (before: number, after: number, msPerToken = 10, firstTokenMs = 50): Sample => ({
  tokens: 10,
  msPerToken,
  firstTokenMs,
  ownMs: { before, after },
})
/** Two answers of 10 tokens with 1 ms of processor time per token. */
const off = [sample(0, 10), sample(10, 20)]
const samples: Samples = {
  off,
  metrics: off,
  untraced: [sample(0, 12), sample(12, 24)],
  traced: [sample(0, 32), sample(32, 64)],
  working: [sample(0, 15, 10, 50), sample(15, 30, 10, 50)],
  // 3 ms between the two answers.
  down: [sample(0, 15, 11, 55), sample(18, 33, 11, 55)],
  slow: [],
}

it('adds the processor time per token to that without telemetry, as a share of the time of a token', () => {
  expect(ownMsPerToken(sample(5, 25))).toBe(2)
  expect(costOf(samples, { metrics: 1 }).value).toBe(0)
  expect(costOf(samples, { down: 1 }).value).toBeCloseTo(0.05)
})

it('weights the answers of two arms', () => {
  expect(costOf(samples, { untraced: 0.95, traced: 0.05 }).value).toBeCloseTo(0.95 * 0.02 + 0.05 * 0.22)
})

it('counts what a stack does between its answers', () => {
  expect(costWithRest(samples, 'working').value).toBeCloseTo(0.05)
  expect(costWithRest(samples, 'down').value).toBeCloseTo(0.08)
})

it('compares the times of two arms in the same round', () => {
  expect(ratioOf(samples, 'msPerToken', ['down', 'working']).value).toBeCloseTo(1.1)
  expect(ratioOf(samples, 'firstTokenMs', ['down', 'working']).value).toBeCloseTo(1.1)
  expect(medianOf(samples.down, ({ firstTokenMs }) => firstTokenMs)).toBe(55)
})

it('refuses an arm with an answer less', () => {
  expect(() => costOf(samples, { slow: 1 })).toThrow('an arm has 0 answers: expected one for round 0')
})
