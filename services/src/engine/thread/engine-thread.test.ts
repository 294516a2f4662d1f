import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, expect, test } from 'vitest'
import { statusCodes } from '../../errors.js'
import { cpu } from '../compute-device.js'
import { emptyWork, generousSettings, never } from '../testing/index.js'
import { startEngineThread } from './engine-thread.js'

const folder = await mkdtemp(join(tmpdir(), 'tandem-thread-'))
afterAll(() => rm(folder, { recursive: true }))
const settings = { onnx: { folder, threads: 1, devices: [cpu] }, engine: generousSettings }

/** Writes a worker that reports ready, and runs `action` when it receives work. */
async function workerThat(name: string, action: string): Promise<URL> {
  const path = join(folder, `${name}.mjs`)
  const description = { name, vocabularySize: 1, contextLength: 1 }
  await writeFile(
    path,
    `import { parentPort } from 'node:worker_threads'
     parentPort.on('message', () => { ${action} })
     parentPort.postMessage({ type: 'engine-ready', description: ${JSON.stringify(description)} })`,
  )
  return pathToFileURL(path)
}

test.each([
  ['exits', 'process.exit(3)', 'its thread exited with code 3'],
  ['throws', "throw new Error('broken')", 'its thread failed: broken'],
])('a worker that %s fails the waiting work with the reason', async (name, action, reason) => {
  const deaths: string[] = []
  const { host } = await startEngineThread(settings, (death) => deaths.push(death), await workerThat(name, action))
  await expect(host.run(emptyWork, never())).rejects.toMatchObject({
    code: statusCodes.unavailable,
    message: `the engine has stopped: ${reason}`,
  })
  await expect.poll(() => deaths).toEqual([reason])
})

test('stopping the thread does not call onDeath', async () => {
  const deaths: string[] = []
  const url = await workerThat('quiet', '')
  const { description, stop } = await startEngineThread(settings, (death) => deaths.push(death), url)
  expect(description.name).toBe('quiet')
  await stop()
  expect(deaths).toEqual([])
})
