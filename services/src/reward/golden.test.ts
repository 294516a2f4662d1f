import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { credentials, type ServiceError, status } from '@grpc/grpc-js'
import { buildModel } from '@tandem/models'
import {
  channelOptions,
  type GetModelResponse__Output,
  RewardService,
  type RewardServiceClient,
  type ScoreRequest,
} from '@tandem/proto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { logitMainPath, rewardMainPath } from '../index.js'
import { spawnProgram, startProgram } from '../testing/program.js'

/**
 * The service (process, gRPC and worker thread) gives transformers' scores of the tiny reward
 * models.
 */

const fixtures = fileURLToPath(new URL('../../../test/fixtures/', import.meta.url))
const row = z.object({ ids: z.array(z.int()), score: z.number() })
const reference = z
  .object({ base: z.array(row), 'base+lora': z.array(row) })
  .parse(JSON.parse(await readFile(join(fixtures, 'tiny-reward/reference.json'), 'utf8')))
const tolerance = 1e-4
const names = ['base', 'base+lora'] as const

let folder: string
type Started = Awaited<ReturnType<typeof startProgram>> & { client: RewardServiceClient }
const services = new Map<string, Started>()
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-reward-golden-'))
  const source = join(fixtures, 'tiny-reward/base')
  for (const name of names) {
    const adapter = name === 'base' ? undefined : join(fixtures, 'tiny-reward', name)
    await buildModel({ source, adapter, out: join(folder, name), precision: 'fp32' })
    services.set(name, await start({ TANDEM_MODEL: join(folder, name) }))
  }
  await buildModel({ source: join(fixtures, 'tiny/llama-tied'), out: join(folder, 'language'), precision: 'fp32' })
})
afterAll(async () => {
  for (const { client, kill } of services.values()) {
    client.close()
    await kill()
  }
  await rm(folder, { recursive: true, force: true })
})

async function start(environment: Record<string, string>): Promise<Started> {
  const program = await startProgram(rewardMainPath, {
    TANDEM_THREADS: '1',
    TANDEM_PREFILL_CHUNK: '16',
    ...environment,
  })
  return { ...program, client: new RewardService(program.address, credentials.createInsecure(), channelOptions) }
}

function serviceOf(name: string): Started {
  const service = services.get(name)
  if (!service) throw new Error(`${name} was not started`)
  return service
}

function score(
  client: RewardServiceClient,
  sequences: number[][],
  more: Partial<ScoreRequest> = {},
): Promise<number[]> {
  return new Promise((resolve, reject) => {
    client.score({ sequences: sequences.map((ids) => ({ ids })), ...more }, (error, response) =>
      response ? resolve(response.scores) : reject(error),
    )
  })
}

describe.each(names)('%s', (name) => {
  const rows = reference[name]
  const sequences = rows.map(({ ids }) => ids)
  const expectScores = (found: readonly number[], expected = rows) => {
    expect(found).toHaveLength(expected.length)
    expected.forEach((row, i) => {
      expect(Math.abs((found[i] ?? Number.NaN) - row.score)).toBeLessThan(tolerance)
    })
  }

  test('scores each sequence in a call of its own', async () => {
    for (const row of rows) expectScores(await score(serviceOf(name).client, [row.ids]), [row])
  })

  test('scores all sequences in one call, and with padding', async () => {
    expectScores(await score(serviceOf(name).client, sequences))
    const longest = Math.max(...sequences.map((ids) => ids.length))
    const padded = sequences.map((ids) => [...ids, ...new Array<number>(longest - ids.length).fill(0)])
    expectScores(await score(serviceOf(name).client, padded))
  })

  test('scores concurrent calls', async () => {
    const { client } = serviceOf(name)
    for (const found of await Promise.all(rows.map(() => score(client, sequences)))) expectScores(found)
  })
})

test('describes what it serves', async () => {
  const { client } = serviceOf('base+lora')
  const model = await new Promise<GetModelResponse__Output | undefined>((resolve) =>
    client.getModel({}, (_, found) => resolve(found)),
  )
  expect(model).toMatchObject({ modelId: 'base+lora', role: 'reward', vocabularySize: 512, contextLength: 256 })
  const files = new Set<string>()
  for await (const chunk of client.getTextFiles({})) files.add(chunk.name)
  expect([...files]).toEqual(expect.arrayContaining(['tokenizer.json', 'tokenizer_config.json', 'chat_template.jinja']))
})

test('refuses a sequence that it cannot score with a status, and ends a call at its deadline', async () => {
  const { client } = serviceOf('base')
  await expect(score(client, [[1], [512]])).rejects.toMatchObject({
    code: status.INVALID_ARGUMENT,
    details: 'sequences[1].ids[0] is 512: expected an id below 512',
  })
  const long = Array.from({ length: 64 }, () => new Array<number>(256).fill(7))
  await expect(score(client, long, { timeoutMs: 1 })).rejects.toMatchObject({
    code: status.DEADLINE_EXCEEDED,
    details: 'the request was not finished within 1 ms',
  })
})

test('a client that cancels frees the service', async () => {
  const small = await start({ TANDEM_MODEL: join(folder, 'base'), TANDEM_MAX_QUEUE: '64' })
  const long = { sequences: Array.from({ length: 64 }, () => ({ ids: new Array<number>(256).fill(7) })) }
  const isBusy = () =>
    new Promise<boolean>((resolve, reject) => {
      small.client.getLoad({}, (error, load) => (load ? resolve(load.queued > 0) : reject(error)))
    })
  /** Cancels a call when the service has it. Null: the answer came first. */
  const cancel = () =>
    new Promise<ServiceError | null>((resolve, reject) => {
      let isAnswered = false
      const call = small.client.score(long, (error) => {
        isAnswered = true
        resolve(error)
      })
      expect
        .poll(async () => isAnswered || (await isBusy()), { interval: 2 })
        .toBe(true)
        .then(() => call.cancel(), reject)
    })
  let cancelled = await cancel()
  // If this process is stopped for long, the answer comes first.
  for (let tries = 1; tries < 10 && cancelled === null; tries++) cancelled = await cancel()
  expect(cancelled?.code).toBe(status.CANCELLED)
  const expected = reference.base.map(({ ids }) => ids)
  await expect.poll(() => score(small.client, expected).catch(() => [])).toHaveLength(5)
  small.client.close()
  await small.kill()
})

test('each service refuses the other kind of model and names the right service', async () => {
  const failed = async (path: string, environment: Record<string, string>) => {
    const { exit, stderr } = spawnProgram(path, environment)
    expect(await exit).toBe(1)
    return stderr().trim()
  }
  const [language, reward] = [join(folder, 'language'), join(folder, 'base')]
  expect(await failed(rewardMainPath, { TANDEM_MODEL: language })).toBe(
    `The reward service cannot start: ${language} (llama-tied) is a language model, but a reward service serves a reward model. ` +
      'Serve it with a logit service: "tandem up --sft DIR --dpo DIR"',
  )
  expect(await failed(logitMainPath, { TANDEM_MODEL: reward, TANDEM_ROLE: 'dpo' })).toBe(
    `The logit service cannot start: ${reward} (base) is a reward model, but a logit service serves a language model. ` +
      'Serve it with a reward service: "tandem up --reward NAME=DIR"',
  )
  expect(await failed(rewardMainPath, { TANDEM_THREADS: '0' })).toMatch(
    /^The reward service cannot start: TANDEM_MODEL is not set: .*TANDEM_THREADS/,
  )
})
