import { expect, test } from 'vitest'
import { faultCases } from './cases/index.js'
import { isSurvived } from './table.js'

/** Faults that each take some seconds. All of them take minutes: `npm run faults -- --short`. */
const keys = ['F3', 'F3-replicas', 'F4', 'F6-replicas', 'F9', 'F10', 'F14']

test('the cases exist', () => {
  const known = faultCases.map(({ key }) => key)
  expect(keys.filter((key) => !known.includes(key))).toEqual([])
})

/** The short form of `npm run faults`: faults in real processes, with a tiny pair. */
test.each(faultCases.filter(({ key }) => keys.includes(key)))('$key: $title', async (fault) => {
  const lines: string[] = []
  const log = (line: string) => void lines.push(line)
  const result = await fault.run({ isShort: true, signal: new AbortController().signal, log })
  const seen = Object.fromEntries(result.seen)
  expect(isSurvived({ fault, result }), JSON.stringify({ ...result, seen, lines }, null, 2)).toBe(true)
})
