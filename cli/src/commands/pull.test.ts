import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { writeListing, writeRef } from '../cache/hub-cache.js'
import type { Context } from '../context.js'
import { checkModels } from '../doctor/check-models.js'
import type { Finding } from '../doctor/finding.js'
import { createHubContext } from '../testing/hub-context.js'
import { type HubServer, startHubServer } from '../testing/hub-server.js'
import { readFolder } from '../testing/read-folder.js'
import { build } from './build.js'
import { models } from './models.js'
import { pull } from './pull.js'

const tiny = (name: string) => fileURLToPath(new URL(`../../../test/fixtures/tiny/${name}`, import.meta.url))
let folder: string
let hub: HubServer
let answers: string
let context: Context
beforeEach(async () => {
  answers = ''
  folder = await mkdtemp(join(tmpdir(), 'tandem-pull-command-'))
  hub = await startHubServer({
    'tiny/sft': { files: await readFolder(tiny('llama-tied')) },
    'tiny/dpo': { files: await readFolder(tiny('llama-tied+lora')) },
  })
  const loud = createHubContext(folder, hub, (text) => {
    answers += text
  })
  context = { ...loud, output: { write: () => true } }
})
afterEach(async () => {
  await hub.close()
  await rm(folder, { recursive: true, force: true })
})

it('downloads a model of the hub, lists it, checks its hashes and builds from it', async () => {
  await pull('hf:tiny/dpo', {}, context)
  const path = answers.trim()
  expect(await readFile(join(path, 'adapter_model.safetensors'))).toEqual(
    await readFile(join(tiny('llama-tied+lora'), 'adapter_model.safetensors')),
  )
  answers = ''
  await models({}, context)
  expect(answers).toMatch(/^ {2}hub +\d\.\d MB +hf:tiny\/dpo@main +\/.*\/hub\/tiny\/dpo\/[0-9a-f]{40}$/m)
  answers = ''
  await models({ json: true }, context)
  expect(JSON.parse(answers)).toMatchObject({
    cache: {
      hub: [
        {
          repo: 'tiny/dpo',
          unfinishedBytes: 0,
          revisions: ['main'],
          mayBeDeleted: false,
          files: ['adapter_config.json', 'adapter_model.safetensors'],
        },
      ],
    },
  })

  answers = ''
  await build('hf:tiny/sft', { adapter: 'hf:tiny/dpo', out: join(folder, 'built') }, context)
  expect(answers).toBe(`${join(folder, 'built')}: dpo, fp32, 0.6 MB\n`)

  const check = async (isHashed: boolean): Promise<Finding[]> => checkModels(isHashed, context)
  expect(await check(true)).toMatchObject([{ status: 'ok', found: '0 built, 8 files unchanged (by their hashes)' }])
  // Small files have git's hash, large ones SHA-256.
  const sft = join(context.home.hub, 'tiny', 'sft', hub.commitOf('tiny/sft'), 'sft')
  for (const file of [join(path, 'adapter_config.json'), join(sft, 'model.safetensors')]) {
    const bytes = await readFile(file)
    await writeFile(file, Buffer.alloc(bytes.length))
    expect(await check(false)).toMatchObject([{ status: 'ok' }])
    expect(await check(true)).toMatchObject([{ status: 'fail', found: `${file} is damaged` }])
    await writeFile(file, bytes)
  }
})

it('prints the path and the name with --json', async () => {
  await pull('hf:tiny/dpo', { json: true }, context)
  const path = join(context.home.hub, 'tiny', 'dpo', hub.commitOf('tiny/dpo'), 'dpo')
  expect(JSON.parse(answers)).toEqual({ path, name: 'hf:tiny/dpo' })
})

it('models lists commits with their branches, and no commit of a refused pull', async () => {
  await pull('hf:tiny/dpo', {}, context)
  const kept = { repo: 'tiny/dpo', home: context.home }
  const commit = hub.commitOf('tiny/dpo')
  const listHub = async () => {
    answers = ''
    await models({ json: true }, context)
    return (JSON.parse(answers) as { cache: { hub: unknown } }).cache.hub
  }
  await writeListing({ ...kept, commit: 'a'.repeat(40) }, [])
  await writeRef({ ...kept, commit }, 'refs/pr/1')
  expect(await listHub()).toMatchObject([{ commit, revisions: ['main', 'refs/pr/1'], mayBeDeleted: false }])
  for (const revision of ['main', 'refs/pr/1']) await writeRef({ ...kept, commit: 'a'.repeat(40) }, revision)
  expect(await listHub()).toMatchObject([{ commit, revisions: [], mayBeDeleted: true }])
  answers = ''
  await models({}, context)
  expect(answers).toMatch(/hf:tiny\/dpo, no branch or tag names it: may be deleted +\//)
})

it('explains how to write names of the hub', async () => {
  await expect(pull('tiny/sft', {}, context)).rejects.toThrow(
    '"tiny/sft" is not a pair of the catalog. For the repository of that name on the hub, write hf:tiny/sft',
  )
  await expect(pull('https://huggingface.co/tiny/sft/tree/v1', {}, context)).rejects.toThrow('write hf:tiny/sft@v1')
  await expect(build('https://huggingface.co/tiny/sft', { out: 'x' }, context)).rejects.toThrow(
    'SOURCE https://huggingface.co/tiny/sft is the address of a web page; write hf:tiny/sft',
  )
  await expect(build('hf:tiny/sft', { adapter: 'hf:tiny/sft', out: 'x' }, context)).rejects.toThrow(
    '--adapter hf:tiny/sft is not a LoRA adapter folder',
  )
})
