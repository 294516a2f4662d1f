import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Context } from '../context.js'
import { findHome } from '../home.js'
import { planPair } from '../sources/plan-pair.js'
import { type FormOptions, findVerdict, prepareInForm } from './choose-form.js'
import { describeVerdict, formOf } from './verdict.js'

const fixture = (name: string) => fileURLToPath(new URL(`../../../test/fixtures/tiny/${name}`, import.meta.url))
const adapted = { sft: fixture('llama-tied'), dpo: fixture('llama-tied+lora') }
const open: FormOptions = { paired: 'auto', device: 'cpu', strict: false, others: 0 }
const idle = async () => ({ load: 0, cores: 2, pairBytes: 1, freeBytes: 1e9 })
const { resolve } = createRequire(import.meta.url)

let folder: string
let words: string
let controller: AbortController
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-form-'))
  words = ''
  controller = new AbortController()
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const context = (findModule: Context['findModule'] = (name) => resolve(name)): Context => ({
  home: findHome({ TANDEM_HOME: folder }),
  environment: { PATH: process.env.PATH },
  output: { write: (text) => (words += text) },
  answers: { write: () => undefined },
  findModule,
  isVerbose: false,
  signal: controller.signal,
})
const trials = () => readdir(join(folder, 'trials')).catch(() => [])
const prepare = async (options: Partial<FormOptions> = {}, given = context(), conditions = idle) =>
  prepareInForm(await planPair(adapted, given), { ...open, ...options }, given, conditions)
const known = async (options: Partial<FormOptions> = {}) =>
  findVerdict(await planPair(adapted, context()), { ...open, ...options }, context())

describe('prepareInForm', () => {
  it('tries both forms through real services once, keeps what it found and serves it', async () => {
    expect(await known()).toBeNull()
    const pair = await prepare()
    const verdict = await known()
    const medians = { paired: expect.any(Number), apart: expect.any(Number) }
    expect(verdict).toMatchObject({ type: 'measured', one: medians, crowd: { ...medians, answers: 16 } })
    if (verdict === null) return
    expect(pair.isPaired).toBe(formOf(verdict) === 'paired')
    expect(words).toContain(`Trying the pair in one process and in two, once ...\n${describeVerdict(verdict)}\n`)

    words = ''
    expect(await prepare()).toEqual(pair)
    expect(words).toBe('')

    const [name = ''] = await trials()
    const text = await readFile(join(folder, 'trials', name), 'utf8')
    const other = pair.isPaired ? 'apart' : 'paired'
    await writeFile(join(folder, 'trials', name), text.replace(/"form": "\w+"/, `"form": "${other}"`))
    expect((await prepare()).isPaired).toBe(!pair.isPaired)
    expect(words).toBe('')
  })

  it.each<[string, Partial<FormOptions>]>([
    ['other threads', { threads: 1 }],
    ['models beside the pair', { others: 1 }],
  ])('%s are another trial', async (_name, changes) => {
    await prepare({}, context(failing))
    expect(await known()).toMatchObject({ type: 'failed' })
    expect(await known(changes)).toBeNull()
  })

  it('tries anew where the verdict cannot be read', async () => {
    await prepare({}, context(failing))
    const [name = ''] = await trials()
    await writeFile(join(folder, 'trials', name), '{"verdict": {"type": "measured"}}')
    words = ''
    await prepare({}, context(failing))
    expect(words).toContain('Trying the pair')
  })

  it('a trial that fails means two services, once told', async () => {
    const pair = await prepare({}, context(failing))
    expect(pair.isPaired).toBe(false)
    expect(words).toMatch(
      /paired: not measured \(the \w+ service could not start \(exit code 1\)[^\n]*\): two services\n$/,
    )
    words = ''
    expect((await prepare({}, context(failing))).isPaired).toBe(false)
    expect(words).toBe('')
  })

  it('on a busy machine nothing is tried, built for it or kept', async () => {
    const pair = await prepare({}, context(), async () => ({ ...(await idle()), load: 9 }))
    expect(pair.isPaired).toBe(false)
    expect(words).toContain(
      'paired: not measured (other programs keep the machine busy: load 9.0 on 2 cores): two services',
    )
    expect(await readdir(join(folder, 'models'))).toHaveLength(2)
    expect(await trials()).toEqual([])
  })

  it.each<[string, Partial<FormOptions>, boolean]>([
    ['--paired', { paired: true }, true],
    ['--no-paired', { paired: false }, false],
    ['another device', { device: 'webgpu,cpu' }, false],
    ['one token a run', { strict: true }, false],
  ])('%s leaves nothing to try', async (_name, options, isPaired) => {
    expect((await prepare(options, context(failing))).isPaired).toBe(isPaired)
    expect(words).not.toContain('Trying')
    expect(await trials()).toEqual([])
  })

  it('two whole models are two services', async () => {
    const given = context(failing)
    const plan = await planPair({ sft: adapted.sft, dpo: adapted.sft }, given)
    expect((await prepareInForm(plan, open, given, idle)).isPaired).toBe(false)
    expect(words).not.toContain('Trying')
  })

  it('an interrupted trial leaves no verdict', async () => {
    const given = context((name) => {
      controller.abort(new Error('interrupted'))
      return resolve(name)
    })
    await expect(prepare({}, given)).rejects.toThrow('interrupted')
    expect(await trials()).toEqual([])
  })
})

/** A program that ends at once. */
const failing = () => fixture('no-such-program.js')
