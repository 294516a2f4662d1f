import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { buildModel } from './build.js'
import { loadManifest, type Manifest } from './manifest.js'
import { tinyFolder } from './testing/reference.js'

let folder: string
let manifest: Manifest

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-manifest-'))
  manifest = await buildModel({ source: join(tinyFolder, 'llama-tied'), out: join(folder, 'model') })
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const adapter = { name: 'a', merged: false, scale: 0, switched: false, sha256: 'a'.repeat(64) }

it.each<[object, string]>([
  [{ format: 2 }, 'format is 2: expected 1'],
  [{ version: 'x' }, 'version is "x": expected a SHA-256 of 64 hexadecimal digits'],
  [{ eosTokenIds: [-1] }, 'eosTokenIds.0 is -1: expected an integer of at least 0'],
  [{ adapter }, 'adapter.scale is 0: expected a number above 0 and at most 100'],
])('says what it found in %j and what it expected', async (changes, fault) => {
  const path = join(folder, 'model', 'tandem.json')
  await writeFile(path, JSON.stringify({ ...manifest, ...changes }))
  await expect(loadManifest(join(folder, 'model'))).rejects.toThrow(
    new Error(`${path} is not a manifest that this version reads: ${fault}. Build the folder again.`),
  )
})
