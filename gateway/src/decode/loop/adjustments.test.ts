import { expect, test } from 'vitest'
import { Adjuster, type Adjustments } from './adjustments.js'

const none: Adjustments = {
  logitBias: new Map(),
  presencePenalty: 0,
  frequencyPenalty: 0,
  repetitionPenalty: 1,
}

/** Adjusts five logits after a prompt and an answer. */
function adjust(changes: Partial<Adjustments>, promptIds: readonly number[], answerIds: readonly number[]): number[] {
  const adjuster = new Adjuster({ ...none, ...changes }, promptIds)
  for (const id of answerIds) adjuster.push(id)
  const scores = Float64Array.of(2, 1, 0, -1, -2)
  adjuster.apply(scores)
  return [...scores]
}

test('adds a bias to its tokens', () => {
  const logitBias = new Map([
    [0, -100],
    [4, 2.5],
  ])
  expect(adjust({ logitBias }, [1], [2])).toEqual([-98, 1, 0, -1, 0.5])
})

test('counts only the answer for presence and frequency penalties', () => {
  expect(adjust({ presencePenalty: 0.5 }, [0, 1], [2, 2, 4])).toEqual([2, 1, -0.5, -1, -2.5])
  expect(adjust({ frequencyPenalty: 0.5 }, [0, 1], [2, 2, 4])).toEqual([2, 1, -1, -1, -2.5])
  expect(adjust({ frequencyPenalty: -1, presencePenalty: 1 }, [], [3, 3])).toEqual([2, 1, 0, 0, -2])
})

test('counts prompt and answer for the repetition penalty: divides positive logits, multiplies the others', () => {
  expect(adjust({ repetitionPenalty: 2 }, [0, 3], [2, 4, 4])).toEqual([1, 1, 0, -2, -4])
  expect(adjust({ repetitionPenalty: 0.5 }, [0, 3], [])).toEqual([4, 1, 0, -0.5, -2])
})

test('applies the bias first, then repetition, then frequency and presence', () => {
  const changes = { logitBias: new Map([[4, 6]]), repetitionPenalty: 2, frequencyPenalty: 0.25, presencePenalty: 1 }
  // (-2 + 6) / 2 - 2 * 0.25 - 1
  expect(adjust(changes, [], [4, 4])[4]).toBe(0.5)
})

const row = {
  row: { logSumExp: 0 },
  scores: { tokenIds: Uint32Array.of(0, 1, 2, 3, 4), logits: Float32Array.from([0.5, 0.3, 0.1, 0.06, 0.04], Math.log) },
}

test('selects candidates from the adjusted row, best first, ties by lowest id', () => {
  // Probabilities 0.05, 0.3, 0.1, 0.06, 0.4, not normalised; at alpha 0.18 the threshold is 0.072.
  const logitBias = new Map([
    [0, Math.log(0.1)],
    [4, Math.log(10)],
  ])
  const adjuster = new Adjuster({ ...none, logitBias }, [])
  const read = (exclude: number[]) => adjuster.read(row, { kind: 'candidates', alpha: 0.18, exclude })
  expect([...read([]).scores.tokenIds]).toEqual([4, 1, 2])
  expect(read([]).scores.logits[0]).toBeCloseTo(Math.log(0.4), 6)
  expect(read([]).row.logSumExp).toBeCloseTo(Math.log(0.91), 6)
  // Without token 4 the threshold is 0.054.
  expect([...read([4]).scores.tokenIds]).toEqual([1, 2, 3])
  const scores = { tokenIds: Uint32Array.of(0, 1, 2, 3, 4), logits: Float32Array.of(0, 1, 3, 0, 1) }
  const tied = new Adjuster({ ...none, logitBias: new Map([[1, 2]]) }, [])
  const best = tied.read({ row: { logSumExp: 0 }, scores }, { kind: 'candidates', alpha: 1, exclude: [] })
  expect([...best.scores.tokenIds]).toEqual([1, 2])
})

test('keeps other readouts complete and does not change the input row', () => {
  const adjuster = new Adjuster({ ...none, logitBias: new Map([[1, 5]]) }, [])
  const { scores } = adjuster.read(row, { kind: 'top-k', k: 1 })
  expect([...scores.tokenIds]).toEqual([0, 1, 2, 3, 4])
  expect(scores.logits[1]).toBeCloseTo(Math.log(0.3) + 5, 5)
  expect(row.scores.logits[1]).toBeCloseTo(Math.log(0.3), 6)
})
