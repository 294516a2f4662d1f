import { expect, test } from 'vitest'
import { CallLog } from './call-log.js'

const call = (sentMs: number) => ({
  model: 'dpo',
  tokens: 1,
  isReplay: false,
  sentMs,
  receivedMs: sentMs + 1,
  queueUs: 0,
  computeUs: 0,
})

test('returns each call once, in order', () => {
  const log = new CallLog()
  log.push(call(1))
  log.push(call(2))
  expect(log.consume().map(({ sentMs }) => sentMs)).toEqual([1, 2])
  log.push(call(3))
  expect(log.consume().map(({ sentMs }) => sentMs)).toEqual([3])
  expect(log.consume()).toEqual([])
})

test('holds the latest 1024 calls if they are never consumed', () => {
  const log = new CallLog()
  for (let i = 0; i < 3000; i++) log.push(call(i))
  const held = log.consume()
  expect([held.length, held[0]?.sentMs, held.at(-1)?.sentMs]).toEqual([1024, 3000 - 1024, 2999])
})
