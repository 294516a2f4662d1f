import { type ChildProcess, fork, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

/** The built module, which child processes run. */
const built = new URL('../dist/index.js', import.meta.url).href

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-lifecycle-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

interface Run {
  readonly child: ChildProcess
  readonly messages: unknown[]
  readonly stderr: () => string
  /** Exit code, or the signal that killed the process. */
  readonly end: Promise<number | string>
}

/** Runs a program as process 1 of its own, like in a container. */
const asFirst = ['unshare', '--pid', '--fork', process.execPath] as const
const canBeFirst = spawnSync(asFirst[0], [...asFirst.slice(1), '-e', '0']).status === 0

/**
 * Runs a process whose server starts by `start`, the body of an async function.
 * @param launcher replaces Node
 */
async function run(
  name: string,
  start: string,
  environment: NodeJS.ProcessEnv = {},
  [execPath, ...execArgv]: readonly [string, ...string[]] = [process.execPath],
): Promise<Run> {
  const path = join(folder, `${name}.mjs`)
  await writeFile(
    path,
    `import { runServerProcess } from '${built}'\nawait runServerProcess('The toy', async () => {\n${start}\n})\n`,
  )
  const child = fork(path, { silent: true, execPath, execArgv, env: { ...process.env, ...environment } })
  const messages: unknown[] = []
  let stderr = ''
  child.on('message', (message) => messages.push(message))
  child.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
  const end = once(child, 'exit').then(([code, signal]) => (code ?? signal) as number | string)
  return { child, messages, stderr: () => stderr, end }
}

/** Keeps the process alive, as a listening server does, and reports that `stop` was called. */
const server = (stop: string) => `
  setInterval(() => undefined, 1000)
  return { address: '127.0.0.1:7', stop: async () => { process.send('stopping'); ${stop} } }`
const received = ({ messages }: Run, message: unknown) => expect.poll(() => messages).toContainEqual(message)
const ready = { type: 'ready', address: '127.0.0.1:7', baseAddress: null, metricsUrl: null }

describe('runServerProcess', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)('reports that it serves, and stops on %s with code 0', async (signal) => {
    const process = await run('serves', server(''))
    await received(process, ready)
    process.child.kill(signal)
    expect(await process.end).toBe(0)
    expect(process.messages).toEqual([ready, 'stopping'])
  })

  it('answers each ping, and nothing else, until it ends', async () => {
    const process = await run('answers', server(''))
    await received(process, ready)
    for (const sent of [{ type: 'ping' }, { type: 'ping ' }, 'ping', 7, { type: 'ping' }]) process.child.send(sent)
    await expect.poll(() => process.messages.length).toBe(3)
    process.child.kill('SIGTERM')
    await process.end
    expect(process.messages).toEqual([ready, { type: 'pong' }, { type: 'pong' }, 'stopping'])
  })

  it('reports the URL of its metrics', async () => {
    const metricsUrl = 'http://127.0.0.1:9464/metrics'
    const process = await run('metrics', `return { address: '127.0.0.1:7', metricsUrl: '${metricsUrl}', stop() {} }`)
    await received(process, { ...ready, metricsUrl })
    process.child.kill('SIGKILL')
    await process.end
  })

  it('exits with code 1 on a second signal', async () => {
    const process = await run('hangs', server('await new Promise(() => undefined)'))
    await received(process, ready)
    process.child.kill('SIGTERM')
    await received(process, 'stopping')
    process.child.kill('SIGTERM')
    expect(await process.end).toBe(1)
  })

  it('writes one line and exits with code 1 if the start fails', async () => {
    const process = await run('fails', "throw new Error('no model:\\n  none is given')")
    expect(await process.end).toBe(1)
    expect(process.stderr()).toBe('The toy cannot start: no model: none is given\n')
    expect(process.messages).toEqual([])
  })

  const starting = "process.send('starting'); await new Promise((resolve) => setTimeout(resolve, 600_000))"
  it('ends at once by a signal while it starts', async () => {
    const process = await run('starts', starting)
    await received(process, 'starting')
    process.child.kill('SIGTERM')
    expect(await process.end).toBe('SIGTERM')
  })

  it.skipIf(!canBeFirst)('ends at once while it starts as the first process of a container', async () => {
    const launched = await run('first', starting, {}, asFirst)
    await received(launched, 'starting')
    const { pid } = launched.child
    const first = Number(await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8'))
    process.kill(first, 'SIGTERM')
    expect(await launched.end).toBe(128 + 15)
  })

  it('lives while all that the start waits for is a timer that keeps nothing alive', async () => {
    const start = `
      process.channel.unref()
      process.removeAllListeners('disconnect')
      await new Promise((_, reject) => setTimeout(() => reject(new Error('late')), 200).unref())`
    const launched = await run('idle', start)
    expect(await launched.end).toBe(1)
    expect(launched.stderr()).toBe('The toy cannot start: late\n')
  })

  it('exits with its parent, also while it starts', async () => {
    const process = await run('orphan', starting)
    await received(process, 'starting')
    process.child.disconnect()
    expect(await process.end).toBe(0)
  })
})

describe('createLogger', () => {
  const crash = (isTerminal: boolean) => `
    const { createLogger } = await import('${built}')
    const log = createLogger('toy', 'info', ${isTerminal})
    log.info({ requestId: 'r1' }, 'first')
    log.fatal('last words')
    process.kill(process.pid, 'SIGKILL')
    await new Promise(() => undefined)`

  it('writes JSON, and keeps the last line before a crash', async () => {
    const process = await run('crash-json', crash(false))
    expect(await process.end).toBe('SIGKILL')
    const lines = process.stderr().trimEnd().split('\n')
    expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
      { name: 'toy', level: 30, requestId: 'r1', msg: 'first' },
      { name: 'toy', level: 60, msg: 'last words' },
    ])
  })

  it('writes readable lines to a terminal, and keeps the last line before a crash', async () => {
    const process = await run('crash-terminal', crash(true), { NO_COLOR: '1' })
    expect(await process.end).toBe('SIGKILL')
    expect(process.stderr()).toMatch(
      /^\[[\d:.]+\] INFO \(toy\): first \{"requestId":"r1"\}\n\[[\d:.]+\] FATAL \(toy\): last words\n$/,
    )
  })
})
