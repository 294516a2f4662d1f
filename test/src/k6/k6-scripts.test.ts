import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { fixturesFolder, repositoryFolder } from '../support/fixtures.js'
import type { Stack } from '../support/stack.js'
import { startTinyStack } from '../support/tiny-stack.js'

const folder = join(repositoryFolder, 'test/load/k6')
const broken = join(fixturesFolder, 'k6')
const iterations = 2
const scripts = readdirSync(folder).filter((name) => name.endsWith('.ts'))
/**
 * The metrics that each script fills, with the samples of each iteration. The tiny model ends no
 * answer early.
 */
const chat = {
  tandem_first_token: 1,
  tandem_per_token: 1,
  tandem_end_to_end: 1,
  tandem_output_tokens: 1,
  tandem_refused: 1,
}
const tokens = 8
const stream = { tandem_prefill: 1, tandem_step: tokens - 1, tandem_step_queue: tokens, tandem_step_compute: tokens }

let stack: Stack
let env: Record<string, string>
beforeAll(async () => {
  stack = await startTinyStack()
  const { dpo } = stack.addresses
  env = { TANDEM_URL: stack.url, TANDEM_LOGITS: dpo, TOKENS: `${tokens}`, PROMPT_TOKENS: '16' }
})
afterAll(() => stack?.stop())
// Each script has its own metrics, so the adapter and the script's modules are loaded again.
beforeEach(() => void vi.resetModules())

async function run(file: string, more: Record<string, string> = {}) {
  const { runScript } = await import('./run-script.js')
  return runScript(file, { ...env, ...more }, iterations)
}

test('there are scripts', () => {
  expect(scripts).toEqual(['logit-stream.ts', 'ramp.ts', 'smoke.ts', 'soak.ts', 'spike.ts', 'steady.ts'])
})

test.each(scripts)('%s: checks hold, thresholds name metrics, each metric has its samples', async (name) => {
  const { problems, samples, checks } = await run(join(folder, name))
  expect(problems).toEqual([])
  const scenarios = name === 'spike.ts' ? 3 : 1
  const each = name === 'logit-stream.ts' ? stream : chat
  const expected = Object.entries(each).map(([metric, count]) => [metric, count * iterations * scenarios])
  expect(samples).toEqual(Object.fromEntries(expected))
  expect(Object.keys(checks).length).toBeGreaterThan(1)
})

test('a check that fails is reported', async () => {
  const { problems } = await run(join(folder, 'steady.ts'), { TOKENS: '100000' })
  expect(problems).toContain('the check fails: the answer has status 200')
  expect(problems).toContain('the threshold checks: rate>0.99 fails: found 0')
})

test('a threshold of an unknown metric, and options that k6 refuses, are reported', async () => {
  expect((await run(join(broken, 'wrong-options.ts'))).problems).toEqual([
    'scenario wrong lacks preAllocatedVUs',
    'scenario wrong: rate is 0.5: expected an integer',
    'scenario wrong: duration is 30: expected a duration such as 30s',
    'the threshold of tandem_first_tokn names an unknown metric: expected one of k6 or of the script',
    'the threshold http_req_failed: p(95)<1 does not fit a rate',
  ])
})

test.each([
  ['unknown-call.ts', 'the adapter has no k6/http.del: add it to test/src/k6/modules'],
  ['unknown-param.ts', 'params of k6/http has redirects: the adapter knows headers'],
  ['unknown-field.ts', 'tandem.v1.LogitService/StepStream has no field tokens: found it in the request'],
  ['late-metric.ts', 'the metric tandem_late is new: k6 expects it where the file begins'],
  ['early-request.ts', 'k6 sends requests only in setup and iterations'],
])('%s is refused', async (name, message) => {
  await expect(run(join(broken, name))).rejects.toThrow(message)
})
