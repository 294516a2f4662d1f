import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { loadManifest } from '@tandem/models'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { Context } from '../commands/context.js'
import { loadSettings } from '../config/load-settings.js'
import { findHome } from '../home.js'
import { prepareBeside } from './prepare-beside.js'
import type { PreparedPair } from './prepare-pair.js'

const rewards = fileURLToPath(new URL('../../../test/fixtures/tiny-reward/', import.meta.url))
let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-beside-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const pair: PreparedPair = {
  name: 'tiny',
  sft: 'grpc://h:1',
  dpo: 'grpc://h:2',
  isPaired: false,
  adapterBase: { source: join(rewards, 'base') },
  picker: join(rewards, 'base+lora'),
  endTokens: [],
  demo: [],
}

async function prepare(reward: { name: string; source: string }[], changes: Partial<PreparedPair> = {}) {
  const silent = { write: () => undefined }
  const context: Context = {
    home: findHome({ TANDEM_HOME: join(folder, 'home') }),
    environment: {},
    output: silent,
    answers: silent,
    findModule: String,
    isVerbose: false,
    signal: new AbortController().signal,
  }
  return (await prepareBeside(await loadSettings({ reward }, {}), { ...pair, ...changes }, context)).rewards
}

it("a pair's own reward model stands behind those that are named, as picker", async () => {
  const found = await prepare([{ name: 'other', source: 'grpc://h:3' }])
  expect(Object.keys(found)).toEqual(['other', 'picker'])
  expect(await loadManifest(found.picker ?? '')).toMatchObject({ head: 'score', modelId: 'base+lora' })
})

it('one that is named picker takes its place', async () => {
  expect(await prepare([{ name: 'picker', source: 'grpc://h:3' }])).toEqual({ picker: 'grpc://h:3' })
  expect(await prepare([], { picker: null })).toEqual({})
})
