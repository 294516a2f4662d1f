import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isAlive } from '@tandem/process'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { keepGatewayAddress, keepServiceAddresses } from './environments.js'
import { maxFailedStarts } from './keep-serving.js'
import type { Served } from './managed-process.js'
import { ProcessGroup } from './process-group.js'

let folder: string
let group: ProcessGroup
let reported: string[]
let lines: string[]
let servedMs: number[]
let delayMs: number

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-supervision-'))
  reported = []
  lines = []
  servedMs = []
  delayMs = 0
  const createBackoff = () => ({ nextMs: () => delayMs, endedAfter: (ms: number) => servedMs.push(ms) })
  const supervision = { report: (line: string) => reported.push(line), createBackoff }
  group = new ProcessGroup((name, line) => lines.push(`${name}: ${line}`), supervision)
})
afterEach(async () => {
  await group.stop()
  await rm(folder, { recursive: true, force: true })
})

/**
 * Serves at the port of PORT. Each start adds a line to the file `starts`; from a number on, starts
 * fail.
 */
const service = `
import { appendFileSync, readFileSync } from 'node:fs'
process.on('disconnect', () => process.exit(0))
process.on('SIGTERM', () => process.exit(0))
appendFileSync(process.env.STARTS, process.pid + '\\n')
const starts = readFileSync(process.env.STARTS, 'utf8').split('\\n').length - 1
if (starts >= Number(process.env.FAILS_FROM)) { console.error('The model is gone.'); process.exit(1) }
console.error('serving')
process.send({ type: 'ready', address: '127.0.0.1:' + (process.env.PORT ?? 40_000 + starts) })
setInterval(() => {}, 1000)`

async function script(name: string, { failsFrom = Infinity, source = service } = {}) {
  const modulePath = join(folder, `${name}.mjs`)
  await writeFile(modulePath, source)
  const environment = { ...process.env, STARTS: join(folder, name), FAILS_FROM: String(failsFrom) }
  const keepAddresses = (own: NodeJS.ProcessEnv, { at }: Served) => ({ ...own, PORT: at.split(':')[1] })
  return { name, modulePath, environment, keepAddresses }
}

const pid = (): number => group.processes[0]?.pid ?? 0
const never = new AbortController().signal

describe('a supervised group', () => {
  it('starts a process that ends again, at its first address, and reports both', async () => {
    const served = await group.start(await script('SFT service'), never)
    expect(served.at).toBe('127.0.0.1:40001')
    const first = pid()
    process.kill(first, 'SIGKILL')
    await expect.poll(() => reported.length).toBe(2)
    expect(reported[0]).toMatch(
      /^The SFT service has ended \(killed by SIGKILL\) and is started again now\. Probably .*Its last output:\nserving$/s,
    )
    expect(reported[1]).toMatch(/^The SFT service serves again, \d+\.\d s after it ended\.$/)
    const second = pid()
    expect([isAlive(first), isAlive(second)]).toEqual([false, true])
    expect(servedMs).toHaveLength(1)
    await group.stop()
    expect(isAlive(second)).toBe(false)
    expect(reported).toHaveLength(2)
  })

  it('restarts a process that ends by itself with exit code 0', async () => {
    await group.start(await script('gateway'), never)
    process.kill(pid(), 'SIGTERM')
    await expect.poll(() => reported.length).toBe(2)
    expect(reported[0]).toMatch(/^The gateway has ended \(exit code 0\) and is started again now\./)
  })

  it('gives up after several failed starts in a row', async () => {
    await group.start(await script('DPO service', { failsFrom: 2 }), never)
    process.kill(pid(), 'SIGKILL')
    const lastLines = 'The model is gone.'
    expect(await group.firstEnd).toEqual({ name: 'DPO service', how: 'exit code 1', lastLines, failedStarts: 5 })
    expect(reported).toHaveLength(maxFailedStarts)
    expect(reported[4]).toBe(
      'The DPO service could not start (exit code 1). Start 4 of at most 5 has failed; the next is in 0.0 s. ' +
        'Its last output:\nThe model is gone.',
    )
    expect(isAlive(pid())).toBe(false)
  })

  it('starts nothing on abort, neither at once nor after the delay', async () => {
    const stop = new AbortController()
    await group.start(await script('one'), stop.signal)
    stop.abort()
    process.kill(pid(), 'SIGKILL')
    await group.stop()
    expect(reported).toEqual([])
  })

  it('stops during the delay before a restart', async () => {
    delayMs = 3_600_000
    await group.start(await script('one'), never)
    process.kill(pid(), 'SIGKILL')
    await expect.poll(() => reported.length).toBe(1)
    expect(reported[0]).toContain('is started again in 3600.0 s.')
    await group.stop()
    expect(isAlive(pid())).toBe(false)
  })

  it('stops a process that is being started again', async () => {
    const slow = `${service.replace(/process\.send/, `if (process.env.PORT === undefined) process.send`)}`
    await group.start(await script('slow', { source: slow }), never)
    const first = pid()
    process.kill(first, 'SIGKILL')
    await expect.poll(() => lines.length).toBe(2)
    await group.stop()
    expect([isAlive(first), isAlive(pid())]).toEqual([false, false])
    expect(reported).toHaveLength(1)
  })
})

describe('the environment of a process that is started again', () => {
  const metricsUrl = 'http://[::1]:9465/metrics'

  it('has the addresses of a service', () => {
    const given = { TANDEM_LISTEN: '127.0.0.1:0', TANDEM_ROLE: 'sft' }
    const served = { at: '127.0.0.1:7001', baseAt: null, metricsUrl: null }
    expect(keepServiceAddresses(given, served)).toEqual({ TANDEM_ROLE: 'sft', TANDEM_LISTEN: '127.0.0.1:7001' })
    expect(keepServiceAddresses(given, { ...served, baseAt: '127.0.0.1:7002', metricsUrl })).toEqual({
      ...{ TANDEM_ROLE: 'sft', TANDEM_LISTEN: '127.0.0.1:7001', TANDEM_BASE_LISTEN: '127.0.0.1:7002' },
      TANDEM_METRICS_LISTEN: '[::1]:9465',
    })
  })

  it.each([
    ['http://127.0.0.1:8081', '8081'],
    ['http://[::1]:9', '9'],
    ['http://127.0.0.1:80', '80'],
  ])('has the port of the gateway at %s', (at, port) => {
    const given = { TANDEM_PORT: '0', TANDEM_HOST: 'localhost' }
    expect(keepGatewayAddress(given, { at, baseAt: null, metricsUrl })).toEqual({
      ...{ TANDEM_PORT: port, TANDEM_HOST: 'localhost', TANDEM_METRICS_LISTEN: '[::1]:9465' },
    })
  })
})
