import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { findInstalledPython } from '../../support/installed.js'
import type { Stack } from '../../support/stack.js'
import { startTinyStack } from '../../support/tiny-stack.js'
import { runLangChainTests } from './langchain.js'
import { runLmEval } from './lm-eval.js'
import { checkClose, checkEqual } from './report.js'

/**
 * Runs lm-eval and LangChain's standard tests if `npm run clients -w test` has installed them. They
 * take about a minute.
 */
const installed = await findInstalledPython('evaluations')
if ('missing' in installed) console.warn(`lm-eval and langchain-tests are not run: ${installed.missing}`)
const python = 'folder' in installed ? join(installed.folder, 'venv/bin/python') : ''
const key = 'secret'

let stack: Stack
beforeAll(async () => {
  if (python !== '') stack = await startTinyStack({ env: { TANDEM_API_KEYS: key } })
})
afterAll(() => stack?.stop())

describe.skipIf(python === '')('unmodified', () => {
  test.each([
    ['lm-eval', runLmEval],
    ["LangChain's standard tests", runLangChainTests],
  ])('%s', async (_name, run) => {
    const checks = await run(python, { url: stack.url, key, model: 'tiny' })
    expect(checks.length).toBeGreaterThan(3)
    expect(checks.filter(({ problem }) => problem !== null)).toEqual([])
  })
})

test('checks name what differs', () => {
  expect(checkEqual('a', [1], [1]).problem).toBeNull()
  expect(checkEqual('a', [1], [2]).problem).toBe('found [1], expected [2]')
  expect(checkEqual('a', undefined, 1).problem).toBe('found undefined, expected 1')
  expect(checkClose('a', [1, 2.05], [1, 2], 0.1).problem).toBeNull()
  expect(checkClose('a', [1, 2.5], [1, 2], 0.1).problem).toBe('value 1: found 2.5, expected 2')
  expect(checkClose('a', [1, 2], [1], 0.1).problem).toBe('value 1: found 2, expected undefined')
  expect(checkClose('a', [Number.NaN], [1], 0.1).problem).toContain('found NaN')
})
