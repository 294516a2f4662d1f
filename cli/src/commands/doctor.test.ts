import { once } from 'node:events'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildModel } from '@tandem/models'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Context } from '../context.js'
import type { Finding } from '../doctor/finding.js'
import { findHome } from '../home.js'
import { type DoctorOptions, doctor } from './doctor.js'

const { resolve } = createRequire(import.meta.url)
const source = fileURLToPath(new URL('../../../test/fixtures/tiny/llama-tied', import.meta.url))
let folder: string
let answers: string

beforeEach(async () => {
  answers = ''
  folder = await mkdtemp(join(tmpdir(), 'tandem-doctor-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

function context(changes: Partial<Context> = {}): Context {
  return {
    home: findHome({ TANDEM_HOME: join(folder, 'home') }),
    environment: { PATH: '' },
    output: { write: () => true },
    answers: { write: (text) => (answers += text) },
    findModule: (name) => resolve(name),
    isVerbose: false,
    signal: new AbortController().signal,
    ...changes,
  }
}

/** All findings, and the message of those that failed. */
async function examine(options: DoctorOptions = {}, changes: Partial<Context> = {}) {
  answers = ''
  const message = await doctor({ port: 0, json: true, ...options }, context(changes)).catch(
    (error: Error) => error.message,
  )
  const findings = JSON.parse(answers) as Finding[]
  return { message, of: (name: string) => findings.filter((finding) => finding.name === name) }
}

describe('doctor', () => {
  it('finds no problem, and leaves no file', async () => {
    const { message, of } = await examine()
    expect(message).toBeUndefined()
    const [runtime] = of('onnxruntime')
    expect(runtime?.status).toBe('ok')
    expect(runtime?.found).toMatch(/^providers (\w+, )*cpu\b/)
    expect(of('cache')[0]?.found).toMatch(/home, \d+\.\d GB free$/)
    expect(of('settings')[0]?.status).toBe('ok')
    expect(of('port')).toEqual([{ name: 'port', status: 'ok', found: 'any free port of 127.0.0.1', advice: null }])
    expect(of('models')[0]?.found).toMatch(/^0 built/)
    expect(await readdir(folder)).toEqual([])
  })

  it('warns if there is no pip, which own models do not need', async () => {
    const [pip] = (await examine()).of('pip')
    expect(pip).toMatchObject({ status: 'warn', found: 'neither pip nor uv was found' })
    expect(pip?.advice).toContain('to pull smollm2-135m-adherence; your own models')
  })

  it('prints lines, each followed by what to do', async () => {
    await doctor({ port: 0 }, context())
    expect(answers).toMatch(/^ok {4}node {9}\d+\.\d+\.\d+\n/)
    expect(answers).toMatch(/\nwarn {2}pip {10}neither pip nor uv was found\n {19}install pip /)
  })

  it('fails if onnxruntime does not load', async () => {
    const { message, of } = await examine({}, { findModule: () => join(folder, 'main.js') })
    expect(message).toBe('Tandem cannot run here. Failed checks: onnxruntime')
    expect(of('onnxruntime')[0]?.found).toContain("Cannot find module 'onnxruntime-node'")
    expect(of('onnxruntime')[0]?.advice).toContain('run "npm ci"')
  })

  it('fails if the cache cannot be written', async () => {
    await writeFile(join(folder, 'file'), '')
    const { message, of } = await examine({}, { home: { ...context().home, folder: join(folder, 'file') } })
    expect(message).toBe('Tandem cannot run here. Failed checks: cache')
    expect(of('cache')[0]?.found).toContain(`${join(folder, 'file')} cannot be written: ENOTDIR`)
    expect(of('cache')[0]?.advice).toContain('TANDEM_HOME')
  })

  it('fails if the port is in use, or other machines can reach it without a key', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const taken = await examine({ port })
    server.close()
    expect(taken.message).toBe('Tandem cannot run here. Failed checks: port')
    expect(taken.of('port')[0]?.advice).toContain('choose another port with --port N')
    const open = await examine({ host: '0.0.0.0' })
    expect(open.of('host')[0]?.advice).toContain('no API key is set')
  })

  it('fails if the settings are wrong', async () => {
    const file = join(folder, 'tandem.yaml')
    await writeFile(file, 'prot: 1\n')
    const { message, of } = await examine({ config: file })
    expect(message).toBe('Tandem cannot run here. Failed checks: settings')
    expect(of('settings')[0]?.found).toContain(`${file}:1`)
  })

  it('finds a damaged model by its size, or by its hash if the size is right', async () => {
    const { home } = context()
    const model = join(home.models, 'small-1')
    const manifest = await buildModel({ source, out: model })
    expect((await examine({ hashes: true })).of('models')[0]?.found).toMatch(
      /^1 built, \d+ files .*\(by their hashes\)$/,
    )
    const data = join(model, 'model.onnx.data')
    await writeFile(data, Buffer.alloc(manifest.files['model.onnx.data']?.bytes ?? 0))
    expect((await examine()).of('models')[0]?.status).toBe('ok')
    const hashed = await examine({ hashes: true })
    expect(hashed.message).toBe('Tandem cannot run here. Failed checks: models')
    expect(hashed.of('models')[0]?.found).toBe(`${data} is damaged`)
    await writeFile(data, 'short')
    expect((await examine()).of('models')[0]?.status).toBe('fail')
    await rm(join(model, 'tandem.json'))
    const [, old] = (await examine()).of('models')
    expect(old).toMatchObject({ status: 'warn', advice: '"tandem models" lists them; they may be deleted' })
  })
})
