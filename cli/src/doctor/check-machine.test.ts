import { expect, it } from 'vitest'
import type { MachineFacts } from '../util/machine-facts.js'
import { checkMachine } from './check-machine.js'

const enough: MachineFacts = { nodeVersion: '20.11.0', cores: 2, totalBytes: 8e9, freeBytes: 1e9 }

it.each<[string, Partial<MachineFacts>, string[]]>([
  ['enough', {}, ['ok', 'ok', 'ok']],
  ['a newer Node', { nodeVersion: '22.1.0' }, ['ok', 'ok', 'ok']],
  ['an older minor version', { nodeVersion: '20.10.9' }, ['fail', 'ok', 'ok']],
  ['an older major version', { nodeVersion: '18.20.0' }, ['fail', 'ok', 'ok']],
  ['one core', { cores: 1 }, ['ok', 'warn', 'ok']],
  ['little memory', { freeBytes: 0.5e9 }, ['ok', 'ok', 'warn']],
])('%s', (_name, changes, expected) => {
  const findings = checkMachine({ ...enough, ...changes })
  expect(findings.map(({ status }) => status)).toEqual(expected)
  expect(findings.map(({ advice }) => advice === null)).toEqual(expected.map((status) => status === 'ok'))
})

it('says what was found and what to do', () => {
  const findings = checkMachine({ ...enough, nodeVersion: '18.0.0', freeBytes: 0.5e9 })
  expect(findings[0]).toMatchObject({ found: '18.0.0', advice: 'install Node 20.11 or newer' })
  expect(findings[2]).toMatchObject({ found: '0.5 GB free of 8.0 GB' })
})
