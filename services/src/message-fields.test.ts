import { LogitService, RewardService } from '@tandem/proto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { assertFields, maxFields, scoreRequestShape, stepRequestShape } from './message-fields.js'

const { requestSerialize, requestDeserialize } = LogitService.service.Step
const field = (number: number, bytes: Uint8Array) => {
  const length =
    bytes.length < 128 ? [bytes.length] : [(bytes.length % 128) | 128, ...lengthRest(Math.floor(bytes.length / 128))]
  return Buffer.concat([Buffer.from([number * 8 + 2, ...length]), bytes])
}
const lengthRest = (value: number): number[] =>
  value < 128 ? [value] : [(value % 128) | 128, ...lengthRest(Math.floor(value / 128))]
const empties = (number: number, count: number) => Buffer.from(new Array(count).fill([number * 8 + 2, 0]).flat())

test('accepts what a gateway sends', () => {
  const gather = { rows: Array.from({ length: 4096 }, () => ({ ids: [1, 40_000] })) }
  const step = {
    sessionId: 'a',
    tokenIds: new Array(131_072).fill(49_151),
    readouts: [{ gather }, { candidates: { alpha: 0.1 } }],
  }
  const request = {
    steps: [step, step],
    forks: [{ fromSessionId: 'a', toSessionId: 'b' }],
    reorder: { sessionIds: ['a'], parents: [0] },
  }
  assertFields(requestSerialize(request), stepRequestShape)
  const sequences = Array.from({ length: 64 }, () => ({ ids: new Array(8192).fill(49_151) }))
  assertFields(
    RewardService.service.Score.requestSerialize({ sequences, traceparent: '', timeoutMs: 1 }),
    scoreRequestShape,
  )
})

test.each([
  ['steps', empties(6, maxFields + 1), stepRequestShape],
  ['readouts of a step', field(6, empties(6, maxFields + 1)), stepRequestShape],
  ['lists of a gather', field(6, field(6, field(2, empties(1, maxFields + 1)))), stepRequestShape],
  ['ids of a reorder', field(5, empties(1, maxFields + 1)), stepRequestShape],
  ['closed sessions', empties(7, maxFields + 1), stepRequestShape],
  ['sequences', empties(3, maxFields + 1), scoreRequestShape],
])('refuses too many %s', (_, bytes, shape) => {
  expect(() => assertFields(bytes, shape)).toThrow(`the message has too many fields: expected at most ${maxFields}`)
})

test('counts the fields of all nested messages together', () => {
  const half = field(6, empties(6, maxFields / 2))
  assertFields(half, stepRequestShape)
  expect(() => assertFields(Buffer.concat([half, half]), stepRequestShape)).toThrow('too many fields')
})

test.each([
  ['a group', [0x33, 0x34], 'a field has the wire type 3'],
  ['a number without an end', [0x08, 0x80], 'the message ends within a number'],
  ['a number of 11 bytes', [0x08, ...new Array(10).fill(0x80), 1], 'the message has a number of more than 10 bytes'],
  ['a length beyond the message', [0x32, 5, 0], 'a field ends after its message: found 7, expected at most 3'],
])('refuses %s', (_, bytes, message) => {
  expect(() => assertFields(Uint8Array.from(bytes), stepRequestShape)).toThrow(message)
})

test('any bytes are refused with an error, or parsed', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      try {
        assertFields(bytes, stepRequestShape)
      } catch (error) {
        expect(error).toBeInstanceOf(RangeError)
        return
      }
      // What the check accepts, the parser reads or refuses with an error; it does not loop or
      // crash.
      try {
        requestDeserialize(Buffer.from(bytes))
      } catch (error) {
        expect(error).toBeInstanceOf(Error)
      }
    }),
    { numRuns: 2000 },
  )
})
