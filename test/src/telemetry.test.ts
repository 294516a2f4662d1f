import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildModel } from '@tandem/models'
import { logitMainPath } from '@tandem/services'
import { afterAll, expect, test } from 'vitest'
import { tinyFolder } from './support/fixtures.js'

const folder = await mkdtemp(join(tmpdir(), 'tandem-telemetry-'))
afterAll(() => rm(folder, { recursive: true, force: true }))

test('disables the telemetry of onnxruntime: no report database and no machine identifier', async () => {
  const [home, model] = [join(folder, 'home'), join(folder, 'model')]
  await buildModel({ source: tinyFolder('llama-tied'), out: model })
  await mkdir(home)
  // These variables would disable telemetry by themselves.
  const { CI: _ci, ORT_DISABLE_TELEMETRY: _off, XDG_CACHE_HOME: _cache, ...environment } = process.env
  const service = { TANDEM_MODEL: model, TANDEM_ROLE: 'dpo', TANDEM_LISTEN: '127.0.0.1:0' }
  const child = fork(logitMainPath, { env: { ...environment, ...service, HOME: home }, execArgv: [], silent: true })
  const exited = once(child, 'exit')
  try {
    const first = await Promise.race([once(child, 'message'), exited])
    expect(first[0]).toMatchObject({ type: 'ready' })
  } finally {
    child.kill()
    await exited
  }
  expect(await readdir(home, { recursive: true })).toEqual([])
})
