import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type HubServer, readFolder, startHubServer } from '@tandem/cli/testing'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { fixturesFolder, readGoldenRows, repositoryFolder, tinyFolder } from './support/fixtures.js'
import { waitUntilGone } from './support/processes.js'
import { compare, complete } from './support/rest.js'
import { startTandemUp } from './support/tandem-up.js'

/** Accuracy of log p of this pair at fp32, in nats. */
const error = 1e-5
/** Time limit: processes start and end several times. */
const limitMs = 900_000
const rows = readGoldenRows('tiny-pair.jsonl', ['aad', 'greedy-sft', 'greedy-dpo'])
const args = ['--sft', 'hf:tiny/sft', '--dpo', 'hf:tiny/dpo', '--precision', 'fp32']
const exportedFolder = (name: string) => join(fixturesFolder, 'optimum', name)

let folder: string
let hub: HubServer
let environment: Record<string, string>
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-test-hub-'))
  hub = await startHubServer({
    'tiny/sft': { files: await readFolder(tinyFolder('llama-tied')) },
    'tiny/dpo': { files: await readFolder(tinyFolder('llama-tied+lora')) },
  })
  environment = { TANDEM_HOME: join(folder, 'home'), HF_HOME: folder, HF_ENDPOINT: hub.url, HF_TOKEN: '' }
})
afterEach(async () => {
  await hub.close()
  await rm(folder, { recursive: true, force: true })
})

/** Total size of the incomplete files of a repository's only commit. */
async function unfinishedBytes(repository: string): Promise<number> {
  const unfinished = join(folder, 'home', 'hub', repository, hub.commitOf(repository), '.unfinished')
  const names = await readdir(unfinished).catch(() => [])
  const sizes = await Promise.all(
    names.map((name) =>
      stat(join(unfinished, name)).then(
        ({ size }) => size,
        () => 0,
      ),
    ),
  )
  return Math.max(0, ...sizes)
}

/** Starts the pair and requests an answer for every golden prompt. */
async function answerGolden(command: readonly string[] = args): Promise<string> {
  const up = await startTandemUp(command, environment)
  try {
    expect(up.model).toBe('dpo')
    const check = async (row: (typeof rows)[number]) => {
      const decoding = { strategy: row.method, ...row.params }
      const request = { model: up.model, prompt: row.prompt_ids, max_tokens: row.max_tokens, decoding }
      expect(compare(row, await complete(up.url, '/v1/completions', request), error)).toBe('equal')
    }
    await Promise.all(rows.map(check))
    return up.output()
  } finally {
    const children = up.children()
    up.process.kill('SIGINT')
    if (up.process.exitCode === null) await once(up.process, 'exit')
    expect(
      await waitUntilGone(
        children.map(({ pid }) => pid),
        10_000,
      ),
    ).toEqual([])
  }
}

test(
  'a pair from the hub gives the golden tokens, also without the hub afterwards',
  async () => {
    expect(rows.length).toBeGreaterThan(0)
    expect(await answerGolden()).toContain('Pulling hf:tiny/sft: download 100% of 0.5 MB')
    hub.faults.status = 503
    expect(await answerGolden()).toContain('--sft hf:tiny/sft: the hub cannot be reached at ')
  },
  limitMs,
)

test(
  'exported graphs from the hub give them too: one of several variants, and one with separate weights',
  async () => {
    hub.repos.set('tiny/sft', { files: await readFolder(exportedFolder('llama-tied')) })
    const graph = await readFolder(exportedFolder('llama-tied+lora/onnx'))
    const texts = await readFolder(exportedFolder('llama-tied+lora'))
    hub.repos.set('tiny/dpo', {
      files: new Map([...texts, ...[...graph].map(([name, bytes]) => [`onnx/${name}`, bytes] as const)]),
    })
    await answerGolden(['--sft', 'hf:tiny/sft/model.onnx', '--dpo', 'hf:tiny/dpo'])
    const pulled = hub.requests.flatMap((line) => /^GET .*\/resolve\/[^/]*\/(.*\.onnx.*)$/.exec(line)?.[1] ?? [])
    expect(pulled).toEqual(['onnx/model.onnx', 'onnx/model.onnx_data', 'model.onnx'])
  },
  limitMs,
)

test(
  'a pull that is interrupted during the weights continues at the next start',
  async () => {
    Object.assign(hub.faults, { cuts: 1, cutAfterBytes: 300_000, isDownAfterCut: true })
    const child = spawn(process.execPath, [join(repositoryFolder, 'cli/bin/tandem.js'), 'up', '--port', '0', ...args], {
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    let words = ''
    child.stderr.on('data', (chunk) => {
      words += String(chunk)
    })
    const ended = once(child, 'close')
    await expect.poll(() => unfinishedBytes('tiny/sft'), { timeout: limitMs, interval: 20 }).toBeGreaterThan(200_000)
    child.kill('SIGINT')
    await ended
    expect(child.exitCode, words).toBe(130)

    hub.faults.status = null
    hub.requests.length = 0
    await answerGolden()
    const pulled = hub.requests.filter((line) => line.includes('/resolve/'))
    expect(pulled).toEqual([expect.stringMatching(/model\.safetensors bytes=[1-9]\d*-$/)])
  },
  limitMs,
)
