import fc from 'fast-check'
import { expect, test } from 'vitest'
import { LogitsRow, type RowSummary } from './logits-row.js'
import { candidates, readRow } from './readout.js'
import { topK } from './top-k.js'
import { gatherLogits, logSumExp, maxOf } from './vector.js'

/** Rows with few distinct values, so that ties are common. */
const rows = fc
  .array(fc.integer({ min: -6, max: 6 }), { minLength: 1, maxLength: 60 })
  .map((values) => Float32Array.from(values, (v) => v / 2))

const sorted = (row: Float32Array, ids: number[]) => ids.sort((a, b) => (row[b] ?? 0) - (row[a] ?? 0) || a - b)
const allIds = (row: Float32Array) => Array.from(row, (_, id) => id)

test('candidates are all ids within ln(alpha) of the best id that is not excluded, best first, ties by lowest id', () => {
  const alphas = fc.double({ min: 1e-6, max: 1, noNaN: true })
  fc.assert(
    fc.property(rows, alphas, fc.uniqueArray(fc.nat(59), { maxLength: 10 }), (row, alpha, exclude) => {
      const open = allIds(row).filter((id) => !exclude.includes(id))
      fc.pre(open.length > 0)
      const best = Math.max(...open.map((id) => row[id] ?? 0))
      const expected = open.filter((id) => (row[id] ?? 0) >= best + Math.log(alpha))
      expect([...candidates(row, maxOf(row), alpha, Uint32Array.from(exclude))]).toEqual(sorted(row, expected))
    }),
  )
})

test('alpha 1 gives the best id and its ties; excluding all ids is an error', () => {
  const row = Float32Array.of(1, 3, 2, 3)
  expect([...candidates(row, 3, 1, new Uint32Array(0))]).toEqual([1, 3])
  expect([...candidates(row, 3, 1, Uint32Array.of(1, 3))]).toEqual([2])
  expect(() => candidates(row, 3, 0.5, Uint32Array.of(0, 1, 2, 3))).toThrow(
    'candidates.exclude names all 4 ids: leave at least one to choose from',
  )
})

test('top k equals a full sort', () => {
  fc.assert(
    fc.property(rows, fc.integer({ min: 1, max: 70 }), (row, k) => {
      expect([...topK(row, k)]).toEqual(sorted(row, allIds(row)).slice(0, k))
    }),
  )
})

test('log-sum-exp equals the plain sum in float64', () => {
  const values = fc.array(fc.float({ min: -300, max: 300, noNaN: true }), { minLength: 1, maxLength: 200 })
  fc.assert(
    fc.property(values, (numbers) => {
      const row = Float32Array.from(numbers)
      const max = Math.max(...row)
      const plain = max + Math.log(row.reduce((sum, z) => sum + Math.exp(z - max), 0))
      expect(Math.abs(logSumExp(row, maxOf(row)) - plain)).toBeLessThan(1e-12 * Math.max(1, Math.abs(plain)))
    }),
  )
})

test('answers all readouts of a row in their order', () => {
  const row = Float32Array.of(0, 2, 1, 2)
  const read = readRow(
    new LogitsRow(row).cut(4),
    [
      { kind: 'gather', rows: [Uint32Array.of(9), Uint32Array.of(3, 0)] },
      { kind: 'top-k', k: 2 },
      { kind: 'full' },
      { kind: 'candidates', alpha: 0.5, exclude: new Uint32Array(0) },
    ],
    1,
  )
  expect(read.max).toBe(2)
  expect(read.logSumExp).toBeCloseTo(Math.log(1 + 2 * Math.exp(2) + Math.E), 14)
  expect(read.scores).toEqual([
    { tokenIds: null, logits: Float32Array.of(2, 0) },
    { tokenIds: Uint32Array.of(1, 3), logits: Float32Array.of(2, 2) },
    { tokenIds: null, logits: row },
    { tokenIds: Uint32Array.of(1, 3), logits: Float32Array.of(2, 2) },
  ])
})

/** The summary that a graph would give, with `count` best ids. */
function summarise(row: Float32Array, count: number): RowSummary {
  const ids = topK(row, count)
  const best = { ids: BigInt64Array.from(ids, BigInt), logits: gatherLogits(row, ids) }
  return { best, logSumExp: logSumExp(row, maxOf(row)) }
}

test('gives the same readouts from the summary of the graph as from a scan', () => {
  const ids = fc.uniqueArray(fc.nat(59), { maxLength: 10 }).map((list) => Uint32Array.from(list))
  const readout = fc.oneof(
    fc.record({
      kind: fc.constant('candidates' as const),
      alpha: fc.double({ min: 1e-3, max: 1, noNaN: true }),
      exclude: ids,
    }),
    fc.record({ kind: fc.constant('top-k' as const), k: fc.integer({ min: 1, max: 70 }) }),
    fc.record({ kind: fc.constant('gather' as const), rows: ids.map((list) => [list]) }),
    fc.constant({ kind: 'full' as const }),
  )
  const count = fc.integer({ min: 1, max: 12 })
  fc.assert(
    fc.property(
      rows,
      count,
      fc.array(readout, { maxLength: 3 }),
      fc.integer({ min: 1, max: 60 }),
      (row, k, readouts, cut) => {
        const limit = Math.min(cut, row.length)
        const read = (one: LogitsRow) => {
          try {
            return readRow(one.cut(limit), readouts, 0)
          } catch (error) {
            return error
          }
        }
        expect(read(new LogitsRow(row, summarise(row, Math.min(k, row.length))))).toEqual(read(new LogitsRow(row)))
      },
    ),
  )
})

test('scans a row whose summary is NaN, and reports what is wrong', () => {
  const row = Float32Array.of(1, Number.NaN, 2)
  const summary = { ...summarise(Float32Array.of(1, 0, 2), 2), logSumExp: Number.NaN }
  expect(() => new LogitsRow(row, summary).cut(3)).toThrow('without a finite log-sum-exp')
})

test('reports logits that are not a distribution as an internal error', () => {
  for (const row of [
    Float32Array.of(1, Number.NaN, 2),
    Float32Array.of(-Infinity, -Infinity),
    Float32Array.of(Infinity, 0),
  ])
    expect(() => new LogitsRow(row).cut(row.length)).toThrow('without a finite log-sum-exp')
})

test('computes the sums of a row once for each limit; a copy has the same sums', () => {
  const row = new LogitsRow(Float32Array.of(0, 2, 1), summarise(Float32Array.of(0, 2, 1), 2))
  const cut = row.cut(2)
  expect(row.cut(2)).toBe(cut)
  expect([cut.max, row.cut(1).max, row.cut(1).logSumExp]).toEqual([2, 0, 0])
  expect(row.copy().cut(3)).toEqual(row.cut(3))
})

test('copies a view into memory of its own, and does not copy that again', () => {
  const view = new LogitsRow(Float32Array.of(0, 2, 1, 5).subarray(1, 3))
  const own = view.owned()
  expect(own.logits).toEqual(Float32Array.of(2, 1))
  expect(own.logits.buffer.byteLength).toBe(8)
  expect(own.owned()).toBe(own)
})
