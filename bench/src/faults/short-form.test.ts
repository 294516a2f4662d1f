import { expect, test } from 'vitest'
import { faultCases } from './cases/index.js'
import { isSurvived } from './table.js'

/** The short form of `npm run faults`: every fault against real processes, with a tiny pair. */
test.each(faultCases)('$key: $title', async (fault) => {
  const lines: string[] = []
  const log = (line: string) => void lines.push(line)
  const result = await fault.run({ isShort: true, signal: new AbortController().signal, log })
  const seen = Object.fromEntries(result.seen)
  expect(isSurvived({ fault, result }), JSON.stringify({ ...result, seen, lines }, null, 2)).toBe(true)
})
