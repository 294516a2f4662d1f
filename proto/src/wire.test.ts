import fc from 'fast-check'
import { expect, test } from 'vitest'
import { LogitService } from './contract.js'
import type { Readout, Row } from './readout.js'
import {
  fromWireReadout,
  fromWireRow,
  fromWireRows,
  responseBytes,
  toWireReadout,
  toWireRow,
  toWireRows,
} from './wire.js'

const { requestSerialize, requestDeserialize, responseSerialize, responseDeserialize } = LogitService.service.Step

/** The same bytes at another alignment, as in a slice of a larger message. */
const shift = (bytes: Buffer, offset: number) => Buffer.concat([Buffer.alloc(offset), bytes]).subarray(offset)

const number = fc.double({ noNaN: true })
const ids = fc.uint32Array({ maxLength: 20 })
const logits = (length: number) => fc.float32Array({ minLength: length, maxLength: length })
const withIds = ids.chain((tokenIds) => fc.record({ tokenIds: fc.constant(tokenIds), logits: logits(tokenIds.length) }))

/** A readout with its scores in one row: compact as sent, and complete as received. */
const readWithScores = fc.oneof(
  fc
    .record({ alpha: number, exclude: ids, scores: withIds })
    .map(({ alpha, exclude, scores }) => [{ kind: 'candidates', alpha, exclude }, scores, scores] as const),
  withIds.map((scores) => {
    return [{ kind: 'gather', rows: [scores.tokenIds] }, { ...scores, tokenIds: null }, scores] as const
  }),
  fc
    .record({ k: fc.nat({ max: 0xffffffff }), scores: withIds })
    .map(({ k, scores }) => [{ kind: 'top-k', k }, scores, scores] as const),
  fc.float32Array({ maxLength: 20 }).map((logits) => {
    const tokenIds = Uint32Array.from(logits.keys())
    return [{ kind: 'full' }, { tokenIds: null, logits }, { tokenIds, logits }] as const
  }),
)

test('readouts and a row are the same after a transfer, at any alignment of the received bytes', () => {
  const reads = fc.array(readWithScores, { maxLength: 5 })
  fc.assert(
    fc.property(reads, number, fc.float({ noNaN: true }), fc.nat({ max: 7 }), (all, logSumExp, max, offset) => {
      const readouts = all.map(([readout]): Readout => readout)
      const request = requestSerialize({ steps: [{ readouts: readouts.map(toWireReadout) }] })
      const [step] = requestDeserialize(shift(request, offset)).steps
      expect(step?.readouts.map(fromWireReadout)).toEqual(readouts)

      const row = toWireRow({ logSumExp, max, scores: all.map(([, sent]) => sent) })
      const response = responseDeserialize(shift(responseSerialize({ results: [{ rows: [row] }] }), offset))
      const expected: Row = { logSumExp, max, scores: all.map(([, , complete]) => complete) }
      expect(response.results[0]?.rows.map((received) => fromWireRow(received, 0, readouts))).toEqual([expected])
    }),
  )
})

test('each choice of rows is the same after a transfer; other values give null', () => {
  const transfer = (rows: 'ROWS_NONE' | 'ROWS_LAST' | 'ROWS_ALL' | 9) =>
    requestDeserialize(requestSerialize({ steps: [{ rows: rows as 0 }] })).steps.map((step) => fromWireRows(step.rows))
  for (const rows of ['none', 'last', 'all'] as const) expect(transfer(toWireRows(rows))).toEqual([rows])
  expect(transfer(9)).toEqual([null])
})

test('converts arrays of a row without a copy', () => {
  const logits = Float32Array.of(1, 2)
  const row = toWireRow({ logSumExp: 0, max: 2, scores: [{ tokenIds: null, logits }] })
  expect(row.scores?.some((scores) => (scores.logits as Buffer).buffer === logits.buffer)).toBe(true)
})

test('a readout without a kind gives null', () => {
  expect(fromWireReadout({})).toBeNull()
})

test('refuses a row that does not match the readouts', () => {
  const row = { logSumExp: 0, max: 0, scores: [{ tokenIds: Buffer.alloc(0), logits: Buffer.alloc(8) }] }
  expect(() => fromWireRow(row, 0, [])).toThrow('expected 0 scores in a row, found 1')
  expect(() => fromWireRow(row, 0, [{ kind: 'gather', rows: [[4]] }])).toThrow(
    'expected one logit for each of 1 ids, found 2',
  )
})

test('the bytes of a response are those of the rows of all its results', () => {
  const row = (length: number, tokenIds: Uint32Array | null) =>
    toWireRow({ logSumExp: 0, max: 0, scores: [{ tokenIds, logits: new Float32Array(length) }] })
  const results = [{ rows: [row(3, null), row(1, Uint32Array.of(7))] }, { rows: [] }, { rows: [row(2, null)] }]
  expect(responseBytes({ requestId: 1, results })).toBe(4 * (3 + 1 + 1 + 2))
  expect(responseBytes({})).toBe(0)
})
