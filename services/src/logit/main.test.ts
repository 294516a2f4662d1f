import { cp, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildModel, type Manifest } from '@tandem/models'
import type { GetModelResponse__Output } from '@tandem/proto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { checkHealth } from '../testing/check-health.js'
import { fullStep, resultOf, spawnService, startService, type TestService } from './testing/service.js'

/** The built program: how it starts, how it fails to start, and how it ends. */

const source = fileURLToPath(new URL('../../../test/fixtures/tiny/llama-tied', import.meta.url))
let folder: string
let model: string
let manifest: Manifest
const started: TestService[] = []

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-main-'))
  model = join(folder, 'tiny')
  manifest = await buildModel({ source, out: model, precision: 'fp32' })
})
afterAll(async () => {
  for (const service of started) await service.stop()
  await rm(folder, { recursive: true, force: true })
})

async function start(environment: Record<string, string> = {}): Promise<TestService> {
  const service = await startService({ TANDEM_MODEL: model, TANDEM_THREADS: '1', ...environment })
  started.push(service)
  return service
}

async function failedStart(environment: Record<string, string>): Promise<string> {
  const { exit, stderr } = spawnService({ TANDEM_LOG_LEVEL: 'warn', TANDEM_THREADS: '1', ...environment })
  expect(await exit).toBe(1)
  expect(stderr().trim().split('\n').length).toBe(1)
  return stderr()
}

test('describes what it serves', async () => {
  const { client, address } = await start({ TANDEM_ROLE: 'dpo' })
  const found = await new Promise<GetModelResponse__Output | undefined>((resolve) =>
    client.getModel({}, (_, r) => resolve(r)),
  )
  expect(address).toMatch(/^127\.0\.0\.1:[1-9]\d*$/)
  expect(found).toMatchObject({
    modelId: manifest.modelId,
    version: manifest.version,
    role: 'dpo',
    vocabularySize: 512,
    tokenizerFingerprint: manifest.tokenizerFingerprint,
    contextLength: manifest.contextLength,
    eosTokenIds: manifest.eosTokenIds,
    precision: 'fp32',
    adapter: '',
    adapterScale: 0,
    kvBytesPerToken: manifest.layers * 2 * manifest.keyValueHeads * manifest.headSize * 4,
    engine: 'onnxruntime-node 1.30.0, cpu, 1 thread',
  })
  const names = new Set<string>()
  for await (const chunk of client.getTextFiles({})) names.add(chunk.name)
  expect([...names]).toEqual(expect.arrayContaining(['tokenizer.json', 'tokenizer_config.json', 'config.json']))
})

test('a failed start prints one line that names the fault', async () => {
  expect(await failedStart({})).toContain('The logit service cannot start: TANDEM_MODEL is not set')
  expect(await failedStart({ TANDEM_MODEL: folder })).toContain('is not a model folder: tandem.json cannot be read')
})

test('refuses a damaged folder', async () => {
  const damaged = join(folder, 'damaged')
  await cp(model, damaged, { recursive: true })
  await truncate(join(damaged, 'tokenizer.json'), 10)
  expect(await failedStart({ TANDEM_MODEL: damaged })).toContain('tokenizer.json has 10 bytes, but the manifest says')
  await cp(model, damaged, { recursive: true })
  await writeFile(join(damaged, 'model.onnx'), Buffer.alloc(manifest.files['model.onnx']?.bytes ?? 0))
  expect(await failedStart({ TANDEM_MODEL: damaged })).toContain('The logit service cannot start: ')
  await rm(join(damaged, 'model.onnx.data'))
  expect(await failedStart({ TANDEM_MODEL: damaged })).toContain(
    'model.onnx.data is missing, but the manifest lists it',
  )
})

test('answers health checks without TLS on an address of their own, until it ends', async () => {
  const service = await start({ TANDEM_HEALTH_LISTEN: '127.0.0.1:0', TANDEM_LOG_LEVEL: 'info' })
  const address = /"health":"([^"]+)"/.exec(service.stderr())?.[1] ?? expect.fail(service.stderr())
  expect(address).not.toBe(service.address)
  expect(await checkHealth(address, 'readiness')).toBe('SERVING')
  expect(await checkHealth(address, 'liveness')).toBe('SERVING')
  service.process.kill('SIGTERM')
  expect(await service.exit).toBe(0)
})

test('reports a device that is not available, and falls back to the CPU only if it is named', async () => {
  const noDriver = {
    TANDEM_MODEL: model,
    TANDEM_THREADS: '1',
    VK_ICD_FILENAMES: '/dev/null',
    VK_DRIVER_FILES: '/dev/null',
  }
  const { exit, stderr } = spawnService({ ...noDriver, TANDEM_DEVICE: 'webgpu' })
  expect(await exit).toBe(1)
  expect(stderr()).toMatch(/no device of TANDEM_DEVICE can be used \(webgpu: .+\)\. Set TANDEM_DEVICE=webgpu,cpu/)
  const service = await start({ ...noDriver, TANDEM_DEVICE: 'cuda,webgpu,cpu' })
  expect(service.stderr()).toContain('fell back to onnxruntime-node 1.30.0, cpu, 1 thread')
  expect((await resultOf(service.client, fullStep('a', [], [1]))).position).toBe(1)
})

test('names an address that is in use', async () => {
  const taken = createServer()
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve))
  const address = taken.address()
  const port = typeof address === 'object' ? address?.port : undefined
  expect(await failedStart({ TANDEM_MODEL: model, TANDEM_LISTEN: `127.0.0.1:${port}` })).toContain(
    `cannot listen on 127.0.0.1:${port}`,
  )
  taken.close()
})

test.each(['SIGTERM', 'SIGINT'] as const)(
  '%s ends it with exit code 0, and open streams within the drain time',
  async (signal) => {
    const service = await start({ TANDEM_DRAIN_MS: '300' })
    const stream = service.client.stepStream()
    stream.on('error', () => undefined)
    stream.write({ steps: [fullStep('a', [], [1, 2])] })
    await new Promise((resolve) => stream.once('data', resolve))
    service.process.kill(signal)
    expect(await service.exit).toBe(0)
  },
)

test('ends when its parent has ended', async () => {
  const service = await start()
  service.process.disconnect()
  expect(await service.exit).toBe(0)
})

test('answers a long prompt of one session and a step of another session', async () => {
  const { client } = await start({ TANDEM_PREFILL_CHUNK: '8' })
  const long = new Array<number>(Math.min(200, manifest.contextLength)).fill(7)
  const prompt = resultOf(client, { ...fullStep('long', [], long), rows: 'ROWS_LAST' })
  const short = await resultOf(client, fullStep('short', [], [1]))
  expect(short.position).toBe(1)
  expect((await prompt).position).toBe(long.length)
})
