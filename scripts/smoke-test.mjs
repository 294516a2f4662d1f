/**
 * Starts `tandem up` with the tiny pair of the tests, asks for one answer, compares it with the
 * golden tokens, and stops it. Runs what `npm run build` made, under the Node that runs this file.
 *
 * usage: node scripts/smoke-test.mjs
 */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

const limitMs = 120_000
const root = join(import.meta.dirname, '..')
const fixtures = join(root, 'test/fixtures')
const golden = readFileSync(join(fixtures, 'tiny-pair.jsonl'), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line))
  .find(({ method }) => method === 'aad')

const home = mkdtempSync(join(tmpdir(), 'tandem-smoke-'))
const pair = ['--sft', join(fixtures, 'tiny/llama-tied'), '--dpo', join(fixtures, 'tiny/llama-tied+lora')]
const up = spawn(
  process.execPath,
  [join(root, 'cli/bin/tandem.js'), 'up', ...pair, '--precision', 'fp32', '--name', 'tiny', '--port', '0'],
  { cwd: home, env: { ...plainEnvironment(), TANDEM_HOME: home }, stdio: ['ignore', 'pipe', 'pipe'] },
)
const ended = once(up, 'exit')
let printed = ''
for (const stream of [up.stdout, up.stderr]) stream.on('data', (chunk) => (printed += chunk))

try {
  const url = await findUrl()
  const answer = await ask(url)
  assert.deepEqual(answer.choices[0].token_ids, golden.token_ids)
  up.kill('SIGTERM')
  const [code] = await Promise.race([ended, late('tandem up did not stop')])
  assert.equal(code, 0)
  console.log(`Node ${process.version}: started, answered with the golden tokens, stopped`)
} catch (error) {
  console.error(`${error}\ntandem up printed:\n${printed}`)
  process.exitCode = 1
} finally {
  up.kill('SIGKILL')
  rmSync(home, { recursive: true, force: true })
}

/** The environment without settings of the user's own. */
function plainEnvironment() {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('TANDEM_')))
}

async function findUrl() {
  const end = Date.now() + limitMs
  for (;;) {
    const url = /is ready at (http:\S+)/.exec(printed)?.[1]
    if (url) return url
    if (up.exitCode !== null || up.signalCode !== null || Date.now() > end)
      throw new Error('tandem up did not become ready')
    await delay(50)
  }
}

async function ask(url) {
  const { prompt_ids: prompt, max_tokens, params } = golden
  const response = await fetch(`${url}/v1/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      ...{ model: 'tiny', prompt, max_tokens, return_token_ids: true },
      decoding: { strategy: 'aad', ...params },
    }),
    signal: AbortSignal.timeout(limitMs),
  })
  assert.equal(response.status, 200)
  return response.json()
}

async function late(message) {
  await delay(limitMs, undefined, { ref: false })
  throw new Error(message)
}
