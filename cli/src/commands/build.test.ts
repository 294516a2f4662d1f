import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { loadManifest } from '@tandem/models/folder'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { createTestContext } from '../testing/test-context.js'
import { build } from './build.js'

const fixture = (name: string) => fileURLToPath(new URL(`../../../test/fixtures/tiny/${name}`, import.meta.url))
let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-build-command-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

it('builds an adapter at a factor of its own scale', async () => {
  const out = join(folder, 'dpo')
  const options = { adapter: fixture('llama-tied+lora'), adapterScale: 0.4, out }
  await build(fixture('llama-tied'), options, createTestContext(join(folder, 'home')))
  expect((await loadManifest(out)).adapter).toMatchObject({ name: 'llama-tied+lora', scale: 0.4 })
})

it('refuses a scale without an adapter', async () => {
  const options = { adapterScale: 0.4, out: join(folder, 'dpo') }
  await expect(build(fixture('llama-tied'), options, createTestContext(join(folder, 'home')))).rejects.toThrow(
    '--adapter-scale is the scale of an adapter: give the adapter with --adapter',
  )
})
