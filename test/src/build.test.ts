import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { graphFileName, loadManifest } from '@tandem/models'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { embeddedPair } from './support/embedded-pair.js'
import { repositoryFolder } from './support/fixtures.js'

const startLimitMs = 360_000

let folder: string
let source: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-build-'))
  source = (await embeddedPair()).source
})
afterAll(() => rm(folder, { recursive: true, force: true }))

function build(out: string) {
  const args = [join(repositoryFolder, 'cli/bin/tandem.js'), 'build', source, '--out', out, '--precision', 'fp32']
  return spawn(process.execPath, args, { stdio: 'ignore' })
}

/** Waits until a file of weights is being written below `parent`. */
async function untilWriting(parent: string): Promise<void> {
  const end = Date.now() + startLimitMs
  while (Date.now() < end) {
    const files = await readdir(parent, { recursive: true }).catch(() => [])
    if (files.some((name) => name.endsWith('.data'))) return
    await delay(10)
  }
  throw new Error(`no file was written below ${parent} within ${startLimitMs} ms`)
}

describe('tandem build', () => {
  test('a killed build leaves no model folder; the second run builds it, and the third does nothing', async () => {
    const parent = join(folder, 'killed')
    await mkdir(parent)
    const out = join(parent, 'model')
    const killed = build(out)
    await untilWriting(parent)
    killed.kill('SIGKILL')
    await once(killed, 'exit')
    expect(existsSync(join(out, graphFileName))).toBe(false)
    await expect(loadManifest(out)).rejects.toThrow('not a model folder')

    expect(await once(build(out), 'exit')).toEqual([0, null])
    const { version } = await loadManifest(out)
    const written = await stat(join(out, `${graphFileName}.data`))

    expect(await once(build(out), 'exit')).toEqual([0, null])
    expect((await loadManifest(out)).version).toBe(version)
    expect((await stat(join(out, `${graphFileName}.data`))).mtimeMs).toBe(written.mtimeMs)
    expect(await readdir(parent), 'what the killed build left is cleared away').toEqual(['model'])
  })
})
