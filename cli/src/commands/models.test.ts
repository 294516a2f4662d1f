import { cp, mkdir, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { builderVersion, buildModel, catalog } from '@tandem/models'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Context } from '../context.js'
import { findHome } from '../home.js'
import { weightsPath } from '../pull/pull-weights.js'
import { models } from './models.js'

const source = fileURLToPath(new URL('../../../test/fixtures/tiny/llama-tied', import.meta.url))
let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-models-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

async function list(json: boolean) {
  let answers = ''
  const context: Context = {
    home: findHome({ TANDEM_HOME: folder }),
    environment: {},
    output: { write: () => true },
    answers: { write: (text) => (answers += text) },
    findModule: String,
    isVerbose: false,
    signal: new AbortController().signal,
  }
  await models({ json }, context)
  return answers
}

it('shows a missing cache as empty', async () => {
  const text = await list(false)
  expect(text).toMatch(/^ {2}smollm2-135m-adherence +98\.4 MB +Apache-2\.0 +not pulled +SmolLM2/m)
  expect(text).toContain(`Cache ${folder}, 0.0 MB:\n  empty ("tandem up" fills it)\n`)
  expect(text).not.toContain('deleting')
})

it('distinguishes current models from those that this version never reads', async () => {
  const path = (name: string) => join(folder, 'models', name)
  await buildModel({ source, out: path('new-1'), modelId: 'new' })
  await cp(path('new-1'), path('old-1'), { recursive: true })
  const manifest = await readFile(join(path('old-1'), 'tandem.json'), 'utf8')
  await writeFile(join(path('old-1'), 'tandem.json'), manifest.replace(/"builder": "\d+"/, '"builder": "1"'))
  for (const name of ['broken-1', '.busy-1']) {
    await mkdir(path(name))
    await writeFile(join(path(name), 'model.onnx'), 'x'.repeat(100))
  }
  const [pair] = catalog
  const weights = pair ? weightsPath(pair, findHome({ TANDEM_HOME: folder })) : ''
  await mkdir(dirname(weights), { recursive: true })
  await writeFile(weights, '')
  await truncate(weights, pair?.sft.bytes)

  const listed = JSON.parse(await list(true)) as unknown
  const builder = builderVersion
  expect(listed).toMatchObject({
    builder,
    catalog: [{ name: 'smollm2-135m-adherence', pulled: weights, bytes: pair?.sft.bytes }],
    cache: {
      folder,
      weights: [{ path: weights, bytes: pair?.sft.bytes }],
      models: [
        { path: path('.busy-1'), bytes: 100, state: 'unfinished', mayBeDeleted: false, model: null },
        { path: path('broken-1'), bytes: 100, state: 'unreadable', mayBeDeleted: true, model: null },
        {
          path: path('new-1'),
          state: 'current',
          mayBeDeleted: false,
          model: { id: 'new', precision: 'fp32', builder },
        },
        { path: path('old-1'), state: 'other-builder', mayBeDeleted: true, model: { id: 'new', builder: '1' } },
      ],
    },
  })
  const text = await list(false)
  expect(text).toMatch(/^ {2}model +0\.\d MB +fp32 +current +\S+new-1$/m)
  expect(text).toMatch(new RegExp(`^ {2}model +0\\.\\d MB +fp32 +builder 1, now ${builder} +\\S+old-1$`, 'm'))
  expect(text).toMatch(/Deleting them frees 0\.\d MB:\n {2}\S+broken-1\n {2}\S+old-1\n$/)
})
