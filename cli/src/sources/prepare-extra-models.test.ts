import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { loadManifest } from '@tandem/models'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { loadSettings } from '../config/load-settings.js'
import { createTestContext } from '../testing/test-context.js'
import { prepareExtraModels } from './prepare-extra-models.js'
import type { PreparedPair } from './prepare-pair.js'

const rewards = fileURLToPath(new URL('../../../test/fixtures/tiny-reward/', import.meta.url))
let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-extra-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const pair: PreparedPair = {
  name: 'tiny',
  sft: 'grpc://h:1',
  dpo: 'grpc://h:2',
  isPaired: false,
  adapterBase: { source: join(rewards, 'base') },
  endTokens: [],
  demo: [],
}

it('prepares models and reward models, and an adapter on the SFT model with its own head', async () => {
  const context = createTestContext(join(folder, 'home'))
  const flags = {
    sft: pair.sft,
    dpo: pair.dpo,
    model: [{ name: 'away', source: 'grpc://h:3' }],
    reward: [{ name: 'picker', source: join(rewards, 'base+lora') }],
  }
  const extraModels = await prepareExtraModels(await loadSettings(flags, {}, folder), pair, context)
  expect(extraModels.models).toEqual({ away: 'grpc://h:3' })
  expect(await loadManifest(extraModels.rewards.picker ?? '')).toMatchObject({ head: 'score', modelId: 'base+lora' })
})
