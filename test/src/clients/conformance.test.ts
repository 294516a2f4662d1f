import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { installNode } from '../support/installed.js'
import { runProgram } from '../support/run-program.js'
import type { Stack } from '../support/stack.js'
import { startTinyStack } from '../support/tiny-stack.js'

/**
 * Runs the conformance suite `webai-at-home openai_test`. Its package has 190 MB, so it is not a
 * dependency: it is installed from the lock in test/fixtures/conformance. Its exit code is always
 * 0, and its JUnit report has the results.
 */
const installed = await installNode('conformance')
if ('missing' in installed) console.warn(`the conformance suite is not run: ${installed.missing}`)

let stack: Stack
beforeAll(async () => {
  if ('folder' in installed) stack = await startTinyStack({ env: { TANDEM_API_KEYS: 'secret' } })
})
afterAll(() => stack?.stop())

type Verdict = 'pass' | 'fail' | 'skip' | 'warn'

/** Results by the names of tests. */
async function conform(args: readonly string[]): Promise<Map<string, Verdict>> {
  const program = join('folder' in installed ? installed.folder : '', 'node_modules/webai-at-home/dist/cli.js')
  // Two answers are enough to see a difference.
  const shape = ['--profile', 'full', '--repeats', '2', '--format', 'junit', '--ci', '--api_key', 'secret']
  const all = ['openai_test', 'conformance', '--base_url', `${stack.url}/v1`, ...shape, ...args]
  const { stdout, stderr } = await runProgram(process.execPath, [program, ...all], { limitMs: 540_000 })
  const cases = [...stdout.matchAll(/<testcase classname="[^"]*" name="([^"]*)"[^>]*?(?:\/>|>(.*?)<\/testcase>)/gs)]
  if (cases.length === 0) throw new Error(`the suite printed no results: ${stdout}${stderr}`)
  return new Map(cases.map(([, name = '', inside = '']) => [name, verdictOf(inside)]))
}

function verdictOf(inside: string): Verdict {
  if (inside.includes('<failure')) return 'fail'
  if (inside.includes('<skipped')) return 'skip'
  return inside.includes('WARN') ? 'warn' : 'pass'
}

const named = (verdicts: ReadonlyMap<string, Verdict>, wanted: Verdict) =>
  [...verdicts].filter(([, verdict]) => verdict === wanted).map(([name]) => name)
const bothWays = (name: string) => [`${name} (stream off)`, `${name} (stream on)`]
/**
 * Tests that fail for other reasons: the tiny models remember no name and cannot count to 3.
 * rules/streams.test.ts covers stop strings.
 */
const beyondTheModels = ['history.recalled', ...bothWays('parameters.stop')]

describe.skipIf('missing' in installed)('the conformance suite', () => {
  test('passes on the pair, except for tools, structured output and the fields that AAD ignores', async () => {
    const verdicts = await conform(['--model', 'tiny'])
    expect(verdicts.size).toBe(44)
    // AAD ignores the temperature of the top level, and its answers report that in
    // `decoding.ignored`.
    expect(named(verdicts, 'fail')).toEqual(bothWays('parameters.temperature'))
    expect(named(verdicts, 'warn')).toEqual([...beyondTheModels, ...bothWays('parameters.seed')])
    expect(named(verdicts, 'skip').every((name) => /^(sdk\.node\.)?tools|^structured_output/.test(name))).toBe(true)
  })

  test('passes on every parameter with sampling', async () => {
    const verdicts = await conform(['--model', 'tiny/sample', '--group', 'parameters'])
    expect([...verdicts.values()].sort()).toEqual([...Array(8).fill('pass'), 'warn', 'warn'])
    expect(named(verdicts, 'warn')).toEqual(bothWays('parameters.stop'))
  })
})
