import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { isAlive } from '@tandem/process'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ProcessGroup } from './process-group.js'

let folder: string
let group: ProcessGroup
let lines: string[]

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-group-'))
  lines = []
  group = new ProcessGroup((name, line) => lines.push(`${name}: ${line}`))
})
afterEach(async () => {
  await group.stop()
  await rm(folder, { recursive: true, force: true })
})

const signal = new AbortController().signal

async function script(name: string, source: string) {
  const modulePath = join(folder, `${name}.mjs`)
  await writeFile(modulePath, source)
  return { name, modulePath, environment: process.env }
}

/**
 * Behaves as our processes: sends ready over IPC, and ends when the channel closes or on SIGTERM.
 */
const service = `
process.on('disconnect', () => process.exit(0))
process.on('SIGTERM', () => { console.error('stopping'); process.exit(0) })
process.send({ type: 'hello' })
process.send({ type: 'ready', address: '127.0.0.1:' + process.pid })
setInterval(() => {}, 1000)`

const pidOf = (address: string) => Number(address.split(':')[1])

/** Waits long, because the machine may be busy. */
async function isGone(pid: number) {
  for (let i = 0; i < 2400 && isAlive(pid); i++) await delay(50)
  return !isAlive(pid)
}

describe('ProcessGroup', () => {
  it('starts processes, and ends the newest first', async () => {
    const first = pidOf((await group.start(await script('first', service), signal)).at)
    const second = pidOf((await group.start(await script('second', service), signal)).at)
    expect([isAlive(first), isAlive(second)]).toEqual([true, true])
    await group.stop()
    expect([isAlive(first), isAlive(second)]).toEqual([false, false])
    expect(lines).toEqual(['second: stopping', 'first: stopping'])
  })

  it('requests large pages, unless the user has set the variable', async () => {
    const { GLIBC_TUNABLES: _, ...environment } = process.env
    const own = { GLIBC_TUNABLES: 'glibc.malloc.tcache_count=1' }
    const readTunables = async (name: string, more: NodeJS.ProcessEnv) => {
      const spec = await script(
        name,
        `process.send({ type: 'ready', address: process.env.GLIBC_TUNABLES })\n${service}`,
      )
      return (await group.start({ ...spec, environment: { ...environment, ...more } }, signal)).at
    }
    expect(await readTunables('first', {})).toContain('hugetlb=1')
    expect(await readTunables('second', own)).toBe(own.GLIBC_TUNABLES)
  })

  it('reports why a process could not start', async () => {
    const failing = await script('SFT service', `console.error('The model is gone.'); process.exit(1)`)
    await expect(group.start(failing, signal)).rejects.toThrow(
      'the SFT service could not start (exit code 1). Its last output:\nThe model is gone.',
    )
  })

  it('reports metrics and timelines that a process sends', async () => {
    const timeline = {
      ...{ type: 'timeline', requestId: 'r', model: 'm', strategy: 'aad', endpoint: '/v1/completions', status: 200 },
      ...{ promptTokens: 1, queueUs: 0, promptUs: 0, answers: [], droppedTimings: 0 },
    }
    const sending = await script(
      'sending',
      `process.on('disconnect', () => process.exit(0))
      process.send({ type: 'timeline' })
      process.send(${JSON.stringify(timeline)})
      process.send({ type: 'ready', address: 'h:1', metricsUrl: 'http://h:2/metrics' })`,
    )
    const timelines: unknown[] = []
    const served = await group.start({ ...sending, onTimeline: (sent) => timelines.push(sent) }, signal)
    expect(served).toEqual({ at: 'h:1', baseAt: null, metricsUrl: 'http://h:2/metrics' })
    expect(timelines).toEqual([timeline])
  })

  it('reports a process that could not start and printed nothing', async () => {
    const failing = await script('gateway', 'process.exit(3)')
    await expect(group.start(failing, signal)).rejects.toThrow(
      'the gateway could not start (exit code 3) and printed nothing; run again with --verbose',
    )
  })

  it.skipIf(process.platform === 'win32')('starts a process with a launcher', async () => {
    const launched = await script('launched', `${service}\nconsole.error(process.env.MARK)`)
    const { at: address } = await group.start({ ...launched, launcher: ['env', 'MARK=launched'] }, signal)
    expect(isAlive(pidOf(address))).toBe(true)
    await group.stop()
    expect(lines).toEqual(['launched: launched', 'launched: stopping'])
  })

  it('reports a process that ends later, with its last output', async () => {
    await group.start(await script('first', service), signal)
    const dying = await script('second', `${service}\nconsole.error('last words')`)
    const second = pidOf((await group.start(dying, signal)).at)
    await expect.poll(() => lines).toContain('second: last words')
    process.kill(second, 'SIGKILL')
    expect(await group.firstEnd).toEqual({ name: 'second', how: 'killed by SIGKILL', lastLines: 'last words' })
  })

  it('stops waiting on abort, and ends the starting process', async () => {
    const controller = new AbortController()
    const slow = await script('slow', `console.error(process.pid); setInterval(() => {}, 1000)`)
    const starting = group.start(slow, controller.signal)
    while (lines.length === 0) await delay(20)
    controller.abort(new Error('interrupted'))
    await expect(starting).rejects.toThrow('interrupted')
    await group.stop()
    expect(isAlive(Number(lines[0]?.split(': ')[1]))).toBe(false)
  })

  it('leaves no orphan if the parent is killed', async () => {
    const child = await script('child', service)
    // The parent forks as ManagedProcess does: the end of the channel ends the child.
    const parent = await script(
      'parent',
      `import { fork } from 'node:child_process'
      const child = fork('${child.modulePath}', [], { detached: true, stdio: ['ignore', 'ignore', 'ignore', 'ipc'] })
      child.on('message', () => console.log(child.pid))
      setInterval(() => {}, 1000)`,
    )
    const running = spawn(process.execPath, [parent.modulePath], { stdio: ['ignore', 'pipe', 'inherit'] })
    const [chunk] = (await once(running.stdout, 'data')) as [Buffer]
    const pid = Number.parseInt(chunk.toString(), 10)
    expect(isAlive(pid)).toBe(true)
    running.kill('SIGKILL')
    expect(await isGone(pid)).toBe(true)
  })
})
