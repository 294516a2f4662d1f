import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Context } from '../context.js'
import { findHome } from '../home.js'
import { tune } from './tune.js'

const fixture = (name: string) => fileURLToPath(new URL(`../../../test/fixtures/tiny/${name}`, import.meta.url))
const pair = `# Our pair.\nsft: ${fixture('llama-tied')}\ndpo: ${fixture('llama-tied+lora')} # LoRA\n`
const idle = async () => ({ load: 0, cores: 2, pairBytes: 1, freeBytes: 1e9 })
const { resolve } = createRequire(import.meta.url)
/** A program that ends at once. */
const failing = () => fixture('no-such-program.js')

let folder: string
let file: string
let words: string
let answers: string
let controller: AbortController
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-tune-'))
  file = join(folder, 'tandem.yaml')
  words = ''
  answers = ''
  controller = new AbortController()
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const context = (findModule: Context['findModule'] = (name) => resolve(name)): Context => ({
  home: findHome({ TANDEM_HOME: join(folder, 'home') }),
  environment: { PATH: process.env.PATH },
  output: { write: (text) => (words += text) },
  answers: { write: (text) => (answers += text) },
  findModule,
  isVerbose: false,
  signal: controller.signal,
})
const models = () => readdir(join(folder, 'home', 'models')).catch(() => [])

describe('tune', () => {
  it('measures both forms with real services and sets paired, keeping the rest of the file', async () => {
    await writeFile(file, pair)
    await tune({ config: file }, context(), idle)
    expect(words).toMatch(
      /Measuring the pair .+\none process: [\d.]+ ms a token, [\d.]+ with 16 answers at once; two services: [\d.]+, [\d.]+\n$/,
    )
    const isPaired = answers === `${file}: paired: true\n`
    expect(answers).toBe(`${file}: paired: ${isPaired}\n`)
    expect(await readFile(file, 'utf8')).toBe(`${pair}paired: ${isPaired}\n`)
  })

  it('fails and writes nothing if a service cannot start', async () => {
    await writeFile(file, pair)
    await expect(tune({ config: file }, context(failing), idle)).rejects.toThrow(/the \w+ service could not start/)
    expect(await readFile(file, 'utf8')).toBe(pair)
    expect(answers).toBe('')
  })

  it('refuses to measure on a busy machine, and builds nothing for it', async () => {
    await writeFile(file, pair)
    const busy = async () => ({ ...(await idle()), load: 9 })
    await expect(tune({ config: file }, context(), busy)).rejects.toThrow(
      'cannot measure now: other programs keep the machine busy: load 9.0 on 2 cores. Run "tandem tune" again later',
    )
    expect(await models()).toHaveLength(2)
    expect(await readFile(file, 'utf8')).toBe(pair)
  })

  it.each([
    ['another device', 'device: webgpu,cpu\n', 'device is webgpu,cpu: "tandem tune" measures only cpu'],
    ['strict', 'strict: true\n', 'strict is true: each token then runs alone'],
    ['auto', 'paired: auto\n', 'tandem.yaml:4: paired is "auto": expected true or false. To measure which is faster'],
  ])('refuses %s', async (_name, line, message) => {
    await writeFile(file, `${pair}${line}`)
    await expect(tune({ config: file }, context(failing), idle)).rejects.toThrow(message)
    expect(await models()).toEqual([])
  })

  it('refuses two full models', async () => {
    const model = fixture('llama-tied')
    await writeFile(file, `sft: ${model}\ndpo: ${model}\n`)
    await expect(tune({ config: file }, context(failing), idle)).rejects.toThrow(
      `only a LoRA adapter on the SFT model can run in one process with it, and ${file}:2: dpo ${model} is not one`,
    )
  })

  it('refuses a file that is named and missing, and creates nothing', async () => {
    const typo = join(folder, 'typo.yaml')
    await expect(tune({ config: typo }, context(failing), idle)).rejects.toThrow(typo)
    expect(await readdir(folder)).toEqual([])
  })

  it('writes nothing if it is interrupted', async () => {
    await writeFile(file, pair)
    const given = context((name) => {
      controller.abort(new Error('interrupted'))
      return resolve(name)
    })
    await expect(tune({ config: file }, given, idle)).rejects.toThrow('interrupted')
    expect(await readFile(file, 'utf8')).toBe(pair)
  })
})
