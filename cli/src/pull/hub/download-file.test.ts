import { appendFile, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import type { HubFile } from '../../cache/hub-file.js'
import { type HubServer, startHubServer } from '../../testing/hub-server.js'
import { downloadFile } from './download-file.js'
import { createHub } from './hub.js'

const repo = 'tiny/file'
const content = Uint8Array.from({ length: 200_000 }, (_, i) => (i * 7919) >> 3)
let folder: string
let server: HubServer
let file: HubFile
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-download-'))
  server = await startHubServer({ [repo]: { files: new Map([['weights', content]]) } })
  const [listed] = await hub().list(repo, server.commitOf(repo))
  if (listed) file = listed
})
afterAll(async () => {
  await server.close()
  await rm(folder, { recursive: true, force: true })
})
beforeEach(() => {
  Object.assign(server.faults, { cuts: 0, isHeld: false })
})

const hub = (signal = new AbortController().signal) =>
  createHub({ endpoint: server.url, token: null, tokenFrom: null, offlineBy: null }, signal)

/** @returns the sum of the reported bytes */
async function download(signal = new AbortController().signal, idleMs = 30_000): Promise<number> {
  let reported = 0
  await downloadFile({
    hub: hub(signal),
    place: { repo, commit: server.commitOf(repo), path: 'weights' },
    file,
    unfinished: join(folder, 'unfinished'),
    target: join(folder, 'target'),
    onBytes: (bytes) => {
      reported += bytes
    },
    signal,
    retryPolicy: { idleMs, pauseMs: 0 },
  })
  return reported
}

it('a download is complete wherever it is cut, whatever an earlier one left, with and without ranges', async () => {
  const options = {
    cuts: fc.nat(4),
    after: fc.integer({ min: 1, max: 90_000 }),
    left: fc.nat(250_000),
    hasNoRanges: fc.boolean(),
  }
  await fc.assert(
    fc.asyncProperty(fc.record(options), async ({ cuts, after, left, hasNoRanges }) => {
      Object.assign(server.faults, { cuts, cutAfterBytes: after, hasNoRanges })
      // Longer than the file: of something else.
      await writeFile(
        join(folder, 'unfinished'),
        left > content.length ? new Uint8Array(left) : content.subarray(0, left),
      )
      expect(await download()).toBe(content.length)
      expect((await readFile(join(folder, 'target'))).equals(content)).toBe(true)
      expect(await readdir(folder)).toEqual(['target'])
    }),
    { numRuns: 30 },
  )
  server.faults.hasNoRanges = false
})

it('fails after five broken connections without a byte, and keeps the partial file', async () => {
  await writeFile(join(folder, 'unfinished'), content.subarray(0, 1000))
  Object.assign(server.faults, { cuts: 100, cutAfterBytes: 0 })
  await expect(download()).rejects.toThrow()
  expect(server.faults.cuts).toBe(95)
  expect((await stat(join(folder, 'unfinished'))).size).toBe(1000)
})

it('refuses a partial file with a changed beginning, and downloads it again', async () => {
  await writeFile(join(folder, 'unfinished'), 'another file')
  await expect(download()).rejects.toThrow(
    /weights has the SHA-256 [0-9a-f]{64}, and the hub lists [0-9a-f]{64}\. The file was deleted/,
  )
  await download()
  expect((await readFile(join(folder, 'target'))).equals(content)).toBe(true)
})

it('ends immediately on abort', async () => {
  const controller = new AbortController()
  Object.assign(server.faults, { cuts: 1, cutAfterBytes: 50_000 })
  await appendFile(join(folder, 'unfinished'), '')
  const downloading = download(controller.signal)
  controller.abort(new Error('interrupted'))
  await expect(downloading).rejects.toThrow('interrupted')
})

it('continues after a connection without bytes', async () => {
  Object.assign(server.faults, { cuts: 1, cutAfterBytes: 50_000, isHeld: true })
  expect(await download(new AbortController().signal, 200)).toBe(content.length)
})
