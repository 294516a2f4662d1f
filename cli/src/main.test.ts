import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildModel } from '@tandem/models'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

const bin = fileURLToPath(new URL('../bin/tandem.js', import.meta.url))
const fixture = (name: string) => fileURLToPath(new URL(`../../test/fixtures/tiny/${name}`, import.meta.url))
let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-main-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

function start(args: readonly string[], environment: NodeJS.ProcessEnv = {}): ChildProcess {
  const env = { ...process.env, TANDEM_HOME: join(folder, 'home'), ...environment }
  return spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'pipe'] })
}

async function finish(child: ChildProcess) {
  let stdout = ''
  let stderr = ''
  child.stdout?.on('data', (chunk: Buffer) => {
    stdout += chunk.toString()
  })
  child.stderr?.on('data', (chunk: Buffer) => {
    stderr += chunk.toString()
  })
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, stdout, stderr }
}

const tandem = (args: readonly string[], environment?: NodeJS.ProcessEnv) => finish(start([bin, ...args], environment))

describe('tandem, as a process', () => {
  it('prints an error in one line, and its stack with --verbose', async () => {
    const message = 'tandem: --dpo is missing: a pair needs two models. Give both --sft and --dpo, or --pair NAME\n'
    expect(await tandem(['generate', 'x', '--sft', '.'])).toEqual({ code: 1, stdout: '', stderr: message })
    const debugged = await tandem(['generate', 'x', '--sft', '.'], { TANDEM_DEBUG: '1' })
    expect(debugged.code).toBe(1)
    expect(debugged.stderr).toMatch(/^tandem: Error: --dpo is missing.*\n +at /)
  })

  it('builds a model folder, with plain lines if the output is not a terminal', async () => {
    const out = join(folder, 'model')
    const built = await tandem(['build', fixture('llama-tied'), '--out', out, '--name', 'small'])
    expect(built.code).toBe(0)
    expect(built.stdout).toMatch(/model: small, fp32, 0\.\d MB\n$/)
    expect(built.stderr).toMatch(/^Building small: write 100% of 0\.\d MB$/m)
    expect(await readdir(out)).toContain('tandem.json')
  })

  it.each([
    ['a model folder', ['model', '--out', 'o'], 'is already a model folder: give what it was built from'],
    ['an adapter as source', ['adapter', '--out', 'o'], 'is a LoRA adapter: give its base model as SOURCE'],
    ['--merge without --adapter', ['checkpoint', '--merge', '--out', 'o'], '--merge adds an adapter into the weights'],
    ['a model as adapter', ['checkpoint', '--adapter', 'checkpoint', '--out', 'o'], 'is not a LoRA adapter folder'],
  ])('build refuses %s', async (_name, args, message) => {
    const model = join(folder, 'model')
    await buildModel({ source: fixture('llama-tied'), out: model })
    const paths: Record<string, string> = {
      model,
      adapter: fixture('llama-tied+lora'),
      checkpoint: fixture('llama-tied'),
      o: join(folder, 'o'),
    }
    const refused = await tandem(['build', ...args.map((word) => paths[word] ?? word)])
    expect(refused.code).toBe(1)
    expect(refused.stderr).toContain(message)
    expect(await readdir(folder)).not.toContain('o')
  })

  it('keeps the cache valid if several processes prepare the same pair at once', async () => {
    const script = join(folder, 'prepare.mjs')
    const library = new URL('../dist/index.js', import.meta.url).href
    const options = { sft: fixture('llama-tied'), dpo: fixture('llama-tied+lora') }
    await writeFile(
      script,
      `import { findHome, preparePair } from '${library}'
      const context = { home: findHome(), environment: process.env, output: process.stderr, answers: process.stdout,
        findModule: String, isVerbose: false, signal: new AbortController().signal }
      console.log(JSON.stringify(await preparePair(${JSON.stringify(options)}, context)))`,
    )
    const results = await Promise.all([1, 2, 3].map(() => finish(start([script]))))
    expect(results.map(({ code }) => code)).toEqual([0, 0, 0])
    expect(new Set(results.map(({ stdout }) => stdout)).size).toBe(1)
    const built = results.filter(({ stderr }) => stderr.includes('Building llama-tied+lora: write 100%'))
    expect(built).toHaveLength(1)
    expect(await readdir(join(folder, 'home', 'models'))).toHaveLength(2)
  })
})
