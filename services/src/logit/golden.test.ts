import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildModel } from '@tandem/models'
import type { LogitServiceClient, WireRow__Output } from '@tandem/proto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  fullStep,
  logProbabilities,
  readReference,
  resultOf,
  startService,
  type TestService,
  unaryStep,
} from './testing/service.js'

/**
 * The service (process, gRPC and worker thread) gives transformers' logits of tiny/llama-tied on
 * every path.
 */

const source = fileURLToPath(new URL('../../../test/fixtures/tiny/llama-tied', import.meta.url))
const references = await readReference(join(source, 'reference.safetensors'))
const tolerance = 1e-4

let folder: string
let service: TestService
/** Holds two sessions and runs three tokens at a time, on two threads. */
let small: TestService
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-golden-'))
  await buildModel({ source, out: join(folder, 'tiny'), precision: 'fp32' })
  const environment = { TANDEM_MODEL: join(folder, 'tiny'), TANDEM_THREADS: '1' }
  const limits = { TANDEM_MAX_SESSIONS: '2', TANDEM_PREFILL_CHUNK: '3', TANDEM_THREADS: '2' }
  ;[service, small] = await Promise.all([startService(environment), startService({ ...environment, ...limits })])
})
afterAll(async () => {
  await Promise.all([service?.stop(), small?.stop()])
  await rm(folder, { recursive: true, force: true })
})

type Reference = (typeof references)[number]

/** The largest |delta log p| of rows that start at `from`. */
function largestDifference(rows: WireRow__Output[], reference: Reference, from: number): number {
  const differences = rows.flatMap((row, i) => {
    const expected = reference.logProbabilities[from + i] ?? new Float64Array(0)
    const found = logProbabilities(row)
    expect(found.length).toBe(expected.length)
    return Array.from(found, (logp, id) => Math.abs(logp - (expected[id] ?? Number.NaN)))
  })
  return Math.max(...differences)
}

function assertRows(rows: WireRow__Output[], reference: Reference, from: number): void {
  expect(rows.length).toBe(reference.ids.length - from)
  expect(largestDifference(rows, reference, from)).toBeLessThanOrEqual(tolerance)
}

async function append(client: LogitServiceClient, id: string, ids: number[], from: number): Promise<WireRow__Output[]> {
  return (await resultOf(client, fullStep(id, ids.slice(0, from), ids.slice(from)))).rows
}

test('the fixture has references', () => {
  expect(references.length).toBeGreaterThan(0)
  for (const { ids, logProbabilities: rows } of references) expect(rows.length).toBe(ids.length)
})

test.each(references.map((reference, i) => [i, reference] as const))('input %i on each path', async (i, reference) => {
  const { ids } = reference
  const half = Math.ceil(ids.length / 2)
  const { client } = service

  assertRows(await append(client, `chunk-${i}`, ids, 0), reference, 0)

  const oneByOne: WireRow__Output[] = []
  for (let at = 0; at < ids.length; at++)
    oneByOne.push(...(await append(client, `steps-${i}`, ids.slice(0, at + 1), at)))
  assertRows(oneByOne, reference, 0)

  const elsewhere = [...ids.slice(0, half), 1, 2, 3]
  await append(client, `chunk-${i}`, elsewhere, half)
  assertRows(await append(client, `chunk-${i}`, ids, half), reference, half)

  const fork = { forks: [{ fromSessionId: `steps-${i}`, toSessionId: `fork-${i}` }] }
  const forked = await resultOf(client, fullStep(`fork-${i}`, ids.slice(0, half), ids.slice(half)), fork)
  assertRows(forked.rows, reference, half)

  assertRows(await append(small.client, `chunk-${i}`, ids, 0), reference, 0)
})

test('reports an evicted session, and a replay gives the same rows', async () => {
  const { client } = small
  const reference = references[0] as Reference
  const { ids } = reference
  const half = Math.ceil(ids.length / 2)
  await append(client, 'evicted', ids.slice(0, half), 0)
  for (const other of ['x', 'y']) await append(client, other, ids, 0)
  const lost = await unaryStep(client, { steps: [fullStep('evicted', ids.slice(0, half), ids.slice(half))] })
  expect(lost.results[0]?.error).toMatchObject({ code: 9, heldPosition: 0 })
  assertRows(await append(client, 'evicted', ids, 0), reference, 0)
})

test('concurrent sessions do not affect each other', async () => {
  const rows = await Promise.all(references.map(({ ids }, i) => append(service.client, `side-${i}`, ids, 0)))
  rows.forEach((found, i) => {
    assertRows(found, references[i] as Reference, 0)
  })
})
