import { expect, test } from 'vitest'
import { readProcess, readVariable } from './read-process.js'
import { parseSessions } from './read-sessions.js'

test('sums the sessions of the roles of a process', () => {
  const text = [
    '# TYPE tandem_sessions gauge',
    'tandem_sessions{model_name="a",role="sft"} 3',
    'tandem_sessions{model_name="a",role="dpo"} 4',
    'tandem_sessions_limit{model_name="a",role="dpo"} 64',
  ]
  expect(parseSessions(text.join('\n'))).toBe(7)
  expect(parseSessions('')).toBeNull()
})

test('reads this process, and null of one that has ended', async () => {
  const state = await readProcess(process.pid)
  expect(state?.rssMiB).toBeGreaterThan(10)
  expect(state?.handles).toBeGreaterThan(3)
  expect(state?.threads).toBeGreaterThan(1)
  expect(await readProcess(2 ** 30)).toBeNull()
  expect(await readVariable(2 ** 30, 'PATH')).toBe('')
})
