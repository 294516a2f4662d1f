import { attributeNames as names } from '@tandem/telemetry'
import { expect, test } from 'vitest'
import { WriteTimes } from './write-times.js'

test('adds up formatting, and the waits between chunks and after the last one', () => {
  const times = new WriteTimes()
  // The connection asks for the first chunk.
  times.endWait(5)
  times.add(10, 12)
  times.endWait(20)
  times.add(30, 31)
  times.endWait(31)
  times.startWait(40)
  times.endWait(44)
  expect(times.firstMs).toBe(10)
  expect(times.toAttributes()).toEqual({ [names.writeUs]: 3_000, [names.writeWaitUs]: 12_000 })
})

test('a body is waited for until it has left', () => {
  const times = new WriteTimes()
  times.add(10, 12)
  times.endWait(15)
  expect(times.toAttributes()).toEqual({ [names.writeUs]: 2_000, [names.writeWaitUs]: 3_000 })
})
