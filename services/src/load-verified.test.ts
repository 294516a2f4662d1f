import { createHash } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { loadVerified } from './load-verified.js'

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')
const files = { 'model.onnx': { bytes: 7, sha256: sha256('weights') } }

let folder: string
let path: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-verified-'))
  path = join(folder, 'model.onnx')
})
afterAll(() => rm(folder, { recursive: true, force: true }))

/** Counts how often it is stopped. */
function createEngine() {
  const engine = {
    stops: 0,
    stop: async () => {
      engine.stops++
    },
  }
  return engine
}
const load = (loading: () => Promise<ReturnType<typeof createEngine>>) => loadVerified(folder, { files }, loading)

test('returns what was loaded if the files are as they were built', async () => {
  await writeFile(path, 'weights')
  const engine = createEngine()
  expect(await load(async () => engine)).toBe(engine)
  expect(engine.stops).toBe(0)
  await expect(load(() => Promise.reject(new Error('no memory')))).rejects.toThrow('no memory')
})

test('names a file that has changed, also if it could not be loaded, and stops what was loaded', async () => {
  await writeFile(path, 'weighty')
  const engine = createEngine()
  const message = `${path} has the SHA-256 ${sha256('weighty')}, but the manifest says ${sha256('weights')}. Build the folder again.`
  await expect(load(async () => engine)).rejects.toThrow(message)
  expect(engine.stops).toBe(1)
  await expect(load(() => Promise.reject(new Error('bad graph')))).rejects.toThrow(message)
})
