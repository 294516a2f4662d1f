import fc from 'fast-check'
import { expect } from 'vitest'
import type { Readout, Row, SessionSet } from '../session/contract/session.js'

/** Random operations on a session set, and what they must read. */

/** Maximum number of sequences of a set. */
export const maxSequences = 5
const readouts: readonly Readout[] = [{ kind: 'gather', rows: [[0, 7, 100, 511]] }]
/** The place of a sequence in a set. */
export const sequenceIndex = fc.nat(maxSequences - 1)
const tokens = fc.array(fc.nat(511), { minLength: 1, maxLength: 4 })
const tokensOfAll = fc.array(tokens, { minLength: maxSequences, maxLength: maxSequences })
const rows = fc.constantFrom('last' as const, 'all' as const)
const share = fc.double({ min: 0, max: 1, noNaN: true })
const parents = fc.array(sequenceIndex, { minLength: 1, maxLength: maxSequences })
/**
 * Step of a message at which something happens to the service, after it has answered the steps
 * before.
 */
const faultAt = fc.option(sequenceIndex)

/** An operation on a set. */
export const setOperation = fc.oneof(
  // All sequences step at once, as beams and answers do.
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('step-all' as const), tokens: tokensOfAll, rows, faultAt }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('step' as const), index: sequenceIndex, tokens }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('read-all' as const), faultAt }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('truncate' as const), index: sequenceIndex, share }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('reorder' as const), parents }) },
)
export type SetOperation = typeof setOperation extends fc.Arbitrary<infer T> ? T : never

/** The expected log-probabilities of the next token, by id. */
type Expected = (ids: readonly number[]) => Float64Array

const expectRow = (row: Row | undefined, expected: Float64Array) => {
  const [scores] = row?.scores ?? []
  expect(scores?.tokenIds).toHaveLength(4)
  scores?.tokenIds.forEach((id, i) => {
    expect((scores.logits[i] ?? Number.NaN) - (row?.logSumExp ?? Number.NaN)).toBeCloseTo(expected[id] ?? Number.NaN, 9)
  })
}

/**
 * Applies an operation, and checks each row that it reads.
 * @param held the tokens of each sequence before
 * @returns the tokens of each sequence after
 */
export async function applyOperation(
  set: SessionSet,
  held: number[][],
  op: SetOperation,
  expected: Expected,
): Promise<number[][]> {
  const step = async (i: number, ids: readonly number[], rows: 'last' | 'all') => {
    const before = held[i] ?? []
    const read = await set.sessions[i]?.step(ids, rows, readouts)
    const ends = rows === 'all' ? ids.map((_, n) => n + 1) : [ids.length]
    for (const [n, end] of ends.entries()) expectRow(read?.[n], expected([...before, ...ids.slice(0, end)]))
    return [...before, ...ids]
  }
  switch (op.kind) {
    case 'step-all':
      return Promise.all(held.map((_, i) => step(i, op.tokens[i] ?? [], op.rows)))
    case 'step': {
      const at = op.index % held.length
      const stepped = await step(at, op.tokens, 'last')
      return held.map((ids, i) => (i === at ? stepped : ids))
    }
    case 'read-all': {
      const read = held.map(async (ids, i) => {
        if (ids.length > 0) expectRow(await set.sessions[i]?.readout(readouts), expected(ids))
      })
      await Promise.all(read)
      return held
    }
    case 'truncate': {
      const at = op.index % held.length
      const length = Math.floor((held[at]?.length ?? 0) * op.share)
      set.sessions[at]?.truncate(length)
      return held.map((ids, i) => (i === at ? ids.slice(0, length) : ids))
    }
    case 'reorder': {
      const parents = op.parents.map((parent) => parent % held.length)
      set.reorder(parents)
      return parents.map((parent) => held[parent] ?? [])
    }
  }
}

/** Steps that an operation on all sequences sends at once: an empty sequence has no row to read. */
export const countSteps = ({ kind }: SetOperation, held: readonly (readonly number[])[]): number =>
  kind === 'read-all' ? held.filter((ids) => ids.length > 0).length : held.length
