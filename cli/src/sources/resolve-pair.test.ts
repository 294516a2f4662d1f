import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { loadSettings } from '../config/load-settings.js'
import type { Context } from '../context.js'
import { createHubContext } from '../testing/hub-context.js'
import { type HubServer, startHubServer } from '../testing/hub-server.js'
import { readFolder } from '../testing/read-folder.js'
import { resolveExtraModels } from './prepare-extra-models.js'
import { resolvePair } from './resolve-pair.js'

const tiny = (name: string) => fileURLToPath(new URL(`../../../test/fixtures/tiny/${name}`, import.meta.url))
let folder: string
let hub: HubServer
let words: string
let context: Context
beforeEach(async () => {
  words = ''
  folder = await mkdtemp(join(tmpdir(), 'tandem-resolve-'))
  hub = await startHubServer({
    'tiny/sft': { files: await readFolder(tiny('llama-tied')) },
    'tiny/dpo': { files: await adapterOn({ base_model_name_or_path: 'tiny/sft', revision: 'v1.0' }) },
  })
  context = createHubContext(folder, hub, (text) => {
    words += text
  })
})
afterEach(async () => {
  await hub.close()
  await rm(folder, { recursive: true, force: true })
})

async function adapterOn(changes: object): Promise<Map<string, Uint8Array>> {
  const files = await readFolder(tiny('llama-tied+lora'))
  const config = JSON.parse(new TextDecoder().decode(files.get('adapter_config.json'))) as object
  return files.set('adapter_config.json', new TextEncoder().encode(JSON.stringify({ ...config, ...changes })))
}

/** An adapter folder here. */
async function writeAdapter(changes: object): Promise<string> {
  const path = join(folder, 'lora')
  await mkdir(path, { recursive: true })
  for (const [name, bytes] of await adapterOn(changes)) await writeFile(join(path, name), bytes)
  return path
}

const resolve = (texts: { sft?: string; dpo?: string }) => resolvePair(texts, (model) => `--${model}`, context)

describe('resolvePair', () => {
  it('downloads a pair of the hub', async () => {
    const { sft, dpo } = await resolve({ sft: 'hf:tiny/sft', dpo: 'hf:tiny/dpo' })
    const at = (name: string) => join(folder, 'home', 'hub', 'tiny', name, hub.commitOf(`tiny/${name}`), name)
    expect(sft).toEqual({
      source: { kind: 'checkpoint', path: at('sft') },
      where: '--sft hf:tiny/sft',
      text: 'hf:tiny/sft',
    })
    expect(dpo.source).toEqual({ kind: 'adapter', path: at('dpo') })
  })

  it('accepts only an adapter that names its base: a revision on the hub, or a path', async () => {
    const { sft } = await resolve({ dpo: 'hf:tiny/dpo' })
    expect(sft).toMatchObject({ source: { kind: 'checkpoint' }, text: 'hf:tiny/sft@v1.0' })
    expect(words).toContain('The SFT model is hf:tiny/sft@v1.0, the base of --dpo hf:tiny/dpo\n')
    const here = await resolve({ dpo: await writeAdapter({ base_model_name_or_path: tiny('llama-tied') }) })
    expect(here.sft.source).toEqual({ kind: 'checkpoint', path: tiny('llama-tied') })
  })

  it.each([
    [
      'hf:tiny/dpo',
      /^--sft is missing, and the adapter_config\.json of --dpo hf:tiny\/dpo names as its base ".*llama-tied", which is neither an existing path nor a name on the hub\. Give the model/,
    ],
    ['none', /^--sft is missing, and the adapter_config\.json of --dpo .*lora does not name a base\. Give the model/],
  ])('refuses only an adapter whose base is not available: %s', async (dpo, message) => {
    hub.repos.set('tiny/dpo', { files: await adapterOn({ base_model_name_or_path: tiny('llama-tied') }) })
    const adapter = dpo === 'none' ? await writeAdapter({ base_model_name_or_path: null }) : dpo
    await expect(resolve({ dpo: adapter })).rejects.toThrow(message)
  })

  it('sends no request to the hub if the other model does not exist', async () => {
    await expect(resolve({ sft: join(folder, 'none'), dpo: 'hf:tiny/dpo' })).rejects.toThrow(
      'the file or folder does not exist',
    )
    await expect(resolve({ sft: 'hf:tiny/sft', dpo: 'tiny/dpo' })).rejects.toThrow(
      'For the repository of that name on the hub, write hf:tiny/dpo',
    )
    expect(hub.requests).toEqual([])
  })
})

it('downloads additional models and their bases, also those of a file', async () => {
  await writeFile(
    join(folder, 'tandem.yaml'),
    'sft: hf:tiny/sft\ndpo: hf:tiny/dpo\nmodels:\n  other: { source: hf:tiny/dpo@v1.0, base: hf:tiny/sft }\n',
  )
  const loaded = await loadSettings({ reward: [{ name: 'picker', source: 'hf:tiny/sft' }] }, {}, folder)
  expect(loaded.settings).toMatchObject({ sft: 'hf:tiny/sft', dpo: 'hf:tiny/dpo' })
  const { settings } = await resolveExtraModels(loaded, context)
  const [sft, dpo] = ['sft', 'dpo'].map((name) =>
    expect.stringMatching(new RegExp(`^/.*/hub/tiny/${name}/\\w{40}/${name}$`)),
  )
  expect(settings.models).toEqual({ other: { source: dpo, base: sft } })
  expect(settings.rewards).toEqual({ picker: { source: sft, base: undefined } })
})
