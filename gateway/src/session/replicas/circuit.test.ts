import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Circuit } from './circuit.js'

/** A circuit whose pauses are not spread. */
const create = () => new Circuit(() => 0.5)
function failOften(circuit: Circuit, nowMs: number, count: number): boolean[] {
  return Array.from({ length: count }, () => circuit.fail(nowMs, false))
}

test('opens after three failures in a row', () => {
  const circuit = create()
  expect(failOften(circuit, 0, 2)).toEqual([false, false])
  circuit.succeed(0, false)
  expect(failOften(circuit, 0, 3)).toEqual([false, false, true])
  expect([0, 999, 1_000].map((ms) => circuit.stateAt(ms, false))).toEqual(['open', 'open', 'half-open'])
})

test('a trial that fails doubles the pause, up to 30 s; one that succeeds closes the circuit', () => {
  const circuit = create()
  failOften(circuit, 0, 3)
  const pauses: number[] = []
  for (let i = 0; i < 7; i++) {
    const trialMs = circuit.trialMs(false)
    circuit.fail(trialMs, false)
    pauses.push(circuit.trialMs(false) - trialMs)
  }
  expect(pauses).toEqual([2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000])
  const trialMs = circuit.trialMs(false)
  expect(circuit.succeed(trialMs - 1, false)).toBe(false)
  expect(circuit.succeed(trialMs, false)).toBe(true)
  expect(circuit.stateAt(trialMs, false)).toBe('closed')
  expect(failOften(circuit, trialMs, 3)).toEqual([false, false, true])
  expect(circuit.trialMs(false) - trialMs).toBe(1_000)
})

test('during a pause neither failures nor successes of older sessions count', () => {
  const circuit = create()
  failOften(circuit, 0, 3)
  expect(failOften(circuit, 500, 10)).not.toContain(true)
  expect(circuit.succeed(500, false)).toBe(false)
  expect([circuit.stateAt(999, false), circuit.trialMs(false)]).toEqual(['open', 1_000])
})

test('the only replica is tried again each second', () => {
  const circuit = create()
  failOften(circuit, 0, 3)
  circuit.fail(1_000, true)
  expect([circuit.stateAt(2_000, true), circuit.stateAt(2_000, false)]).toEqual(['half-open', 'open'])
  expect(circuit.succeed(2_000, true)).toBe(true)
})

test('a pause never lasts longer than 30 s, and only three failures in a row begin one', () => {
  const event = fc.record({ fails: fc.boolean(), isAlone: fc.boolean(), afterMs: fc.nat(40_000) })
  const random = fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true }))
  fc.assert(
    fc.property(fc.array(event, { maxLength: 60 }), random, (events, numbers) => {
      const circuit = new Circuit(() => numbers.next().value)
      let nowMs = 0
      let inRow = 0
      for (const { fails, isAlone, afterMs } of events) {
        nowMs += afterMs
        const before = circuit.stateAt(nowMs, isAlone)
        if (fails) circuit.fail(nowMs, isAlone)
        else circuit.succeed(nowMs, isAlone)
        inRow = before === 'open' ? inRow : fails ? inRow + 1 : 0
        const after = circuit.stateAt(nowMs, isAlone)
        expect(after === 'closed').toBe(before === 'open' ? false : before === 'half-open' ? !fails : inRow < 3)
        if (after === 'closed') continue
        expect(circuit.trialMs(isAlone) - nowMs).toBeLessThanOrEqual(isAlone ? 1_000 : 30_000)
        inRow = 0
      }
    }),
  )
})
