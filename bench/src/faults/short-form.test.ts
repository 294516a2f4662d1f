import { expect, test } from 'vitest'
import { faultCases } from './cases/index.js'
import { isSurvived, runCase } from './report.js'

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
  const row = await runCase(fault, { isShort: true, signal: new AbortController().signal, log })
  expect(isSurvived(row), JSON.stringify({ ...row, lines }, null, 2)).toBe(true)
})
