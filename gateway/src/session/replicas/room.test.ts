import type { GetLoadResponse__Output } from '@tandem/proto'
import { expect, test } from 'vitest'
import { Room } from './room.js'

const load = (changes: Partial<GetLoadResponse__Output> = {}): GetLoadResponse__Output => ({
  sessions: 0,
  maxSessions: 10,
  kvBytes: '0',
  maxKvBytes: '1000',
  queued: 0,
  maxQueued: 100,
  ...changes,
})

function roomWith(changes: Partial<GetLoadResponse__Output>): Room {
  const room = new Room()
  room.report(load(changes), 0)
  return room
}

test.each([
  [{}, 1],
  [{ sessions: 4 }, 0.6],
  [{ sessions: 20 }, 0],
  [{ queued: 90 }, 0.1],
  // Cached prefixes fill the memory of a replica that has room.
  [{ kvBytes: '1000' }, 0.5],
  [{ maxSessions: 0, maxKvBytes: '0', maxQueued: 0, sessions: 32 }, 0.5],
])('of %j is %d', (changes, expected) => {
  expect(roomWith(changes).free).toBeCloseTo(expected)
})

test('sessions that were opened since the report was asked for take room', () => {
  const room = roomWith({})
  const first = room.open(0, 10)
  room.open(0, 30)
  expect(room.free).toBeCloseTo(0.8)
  room.report(load({ sessions: 1 }), 20)
  expect(room.free).toBeCloseTo(0.8)
  room.close(first)
  expect(room.free).toBeCloseTo(0.8)
})

test('a session that is closed before the next report gives its room back', () => {
  const room = roomWith({})
  const session = room.open(800, 10)
  expect(room.free).toBeCloseTo(0.6)
  room.close(session)
  expect(room.free).toBe(1)
})

test('a replica that refused a session counts as full until its next report', () => {
  const room = roomWith({})
  room.markFull()
  expect(room.free).toBe(0)
  room.report(load(), 10)
  expect(room.free).toBe(1)
})

test('without a report the free room is assumed', () => {
  const room = new Room()
  expect(room.free).toBe(1)
  room.open(0, 0)
  expect(room.free).toBeLessThan(1)
})
