import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { withLock } from './lock.js'

const lockfile = pathToFileURL(createRequire(import.meta.url).resolve('proper-lockfile')).href
let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-lock-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

/** Another process that holds the lock until its stdin says otherwise. */
async function holdElsewhere() {
  const script = join(folder, 'hold.mjs')
  await writeFile(
    script,
    `import lockfile from '${lockfile}'
    const release = await lockfile.lock(process.argv[2], { realpath: false, stale: 10000 })
    console.log('held')
    process.stdin.once('data', async () => { await release(); process.exit(0) })`,
  )
  const child = spawn(process.execPath, [script, join(folder, 'thing')], { stdio: ['pipe', 'pipe', 'inherit'] })
  await once(child.stdout, 'data')
  return child
}

const options = (onWait = () => {}, signal = new AbortController().signal) => ({
  folder,
  name: 'thing',
  onWait,
  signal,
})

describe('withLock', () => {
  it('waits for another process, says so once, then continues', async () => {
    const child = await holdElsewhere()
    let waits = 0
    let isReleased = false
    const waiting = withLock(
      options(() => {
        waits++
        setTimeout(() => {
          isReleased = true
          child.stdin.write('go')
        }, 600)
      }),
      async () => isReleased,
    )
    expect(await waiting).toBe(true)
    expect(waits).toBe(1)
  })

  it('takes over the lock of a killed process', async () => {
    const child = await holdElsewhere()
    child.kill('SIGKILL')
    await once(child, 'exit')
    const path = join(folder, 'thing.lock')
    expect((await stat(path)).isDirectory()).toBe(true)
    const longAgo = new Date(Date.now() - 60_000)
    await utimes(path, longAgo, longAgo)
    expect(await withLock(options(), async () => 'mine')).toBe('mine')
    await expect(stat(path)).rejects.toThrow('ENOENT')
  })

  it('stops waiting on abort', async () => {
    const child = await holdElsewhere()
    const controller = new AbortController()
    const waiting = withLock(
      options(() => controller.abort(), controller.signal),
      async () => 'never',
    )
    await expect(waiting).rejects.toThrow('aborted')
    child.stdin.write('go')
    await once(child, 'exit')
  })

  it('releases the lock if the work fails', async () => {
    const failing = withLock(options(), async () => {
      throw new Error('no')
    })
    await expect(failing).rejects.toThrow('no')
    expect(await withLock(options(), async () => 1)).toBe(1)
  })
})
