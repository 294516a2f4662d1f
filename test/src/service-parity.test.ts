import { existsSync, readdirSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildModel } from '@tandem/models'
import { toFloat32Array, toUint32Array } from '@tandem/proto'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { fixturesFolder, type ReferenceInput, readReference, tinyFolder } from './support/fixtures.js'
import { largestDifference, plausibleIds } from './support/log-probabilities.js'
import { fullStep, rowsOf, ServiceClient } from './support/service-client.js'

const tolerance = 1e-4

let workFolder: string
beforeAll(async () => {
  workFolder = await mkdtemp(join(tmpdir(), 'tandem-service-parity-'))
})
afterAll(() => rm(workFolder, { recursive: true, force: true }))

async function built(name: string): Promise<string> {
  const [base = name, adapter] = name.split('+')
  const out = join(workFolder, name)
  await buildModel({
    source: tinyFolder(base),
    out,
    precision: 'fp32',
    ...(adapter === undefined ? {} : { adapter: tinyFolder(name) }),
  })
  return out
}

/** Compares rows from a service with the rows of `input` from `start` on. */
function difference(input: ReferenceInput, found: Float32Array, start = 0): number {
  const { logits, vocabularySize } = input
  return largestDifference(found, logits.subarray(start * vocabularySize), vocabularySize)
}

const names = readdirSync(join(fixturesFolder, 'tiny')).filter((name) =>
  existsSync(join(tinyFolder(name), 'reference.safetensors')),
)

describe.each(names)('a service of %s at fp32', (name) => {
  const inputs = readReference(tinyFolder(name))
  let service: ServiceClient
  beforeAll(async () => {
    // Chunks of 16, so that a prompt needs several runs. Three sessions, so that a fourth evicts
    // the oldest.
    service = await ServiceClient.start(await built(name), { TANDEM_PREFILL_CHUNK: '16', TANDEM_MAX_SESSIONS: '3' })
  })
  afterEach(() => service.closeSessions())
  afterAll(() => service?.stop())

  test('gives every row of every input in one step, all inputs at once', async () => {
    const found = await Promise.all(inputs.slice(0, 3).map((input, i) => service.append(`whole-${i}`, input.ids, 0)))
    for (const [i, rows] of found.entries())
      expect(difference(inputs[i] as ReferenceInput, rows)).toBeLessThan(tolerance)
    for (const input of inputs.slice(3))
      expect(difference(input, await service.append('whole-0', input.ids, 0))).toBeLessThan(tolerance)
  })

  test('gives the same rows token by token', async () => {
    for (const input of inputs)
      for (const i of input.ids.keys()) {
        const found = await service.append('single', input.ids.slice(0, i + 1), i)
        const one: ReferenceInput = { ...input, logits: input.logits.subarray(0, (i + 1) * input.vocabularySize) }
        expect(difference(one, found, i)).toBeLessThan(tolerance)
      }
  })

  test('gives the same rows after truncation, by a step at an earlier position', async () => {
    for (const input of inputs) {
      const middle = Math.floor(input.ids.length / 2)
      await service.append('truncated', [...input.ids.slice(0, middle), 9, 8, 7, 6, 5], 0)
      expect(difference(input, await service.append('truncated', input.ids, middle), middle)).toBeLessThan(tolerance)
    }
  })

  test('gives the same rows after a fork, on both sides', async () => {
    const input = inputs.at(-1) as ReferenceInput
    const middle = Math.floor(input.ids.length / 2)
    await service.append('parent', input.ids.slice(0, middle), 0)
    const { results, error } = await service.step({
      forks: [{ fromSessionId: 'parent', toSessionId: 'child' }],
      steps: [fullStep('child', [...input.ids.slice(0, middle), 9, 8], middle), fullStep('parent', input.ids, middle)],
    })
    expect(error).toBeNull()
    expect(rowsOf(results[0])).toHaveLength(2 * input.vocabularySize)
    expect(difference(input, rowsOf(results[1]), middle)).toBeLessThan(tolerance)
    expect(difference(input, await service.append('child', input.ids, middle), middle)).toBeLessThan(tolerance)
  })

  test('gives the same rows after a reorder that swaps two sessions', async () => {
    const input = inputs.at(-1) as ReferenceInput
    const other = input.ids.map((id) => id ^ 1)
    await service.append('first', input.ids.slice(0, -1), 0)
    await service.append('second', other.slice(0, -1), 0)
    const { results, error } = await service.step({
      reorder: { sessionIds: ['first', 'second'], parents: [1, 0] },
      steps: [fullStep('second', input.ids, input.ids.length - 1), fullStep('first', other, other.length - 1)],
    })
    expect(error).toBeNull()
    expect(difference(input, rowsOf(results[0]), input.ids.length - 1)).toBeLessThan(tolerance)
    const fresh = await service.append('fresh', other, 0)
    const lastRow = fresh.subarray(fresh.length - input.vocabularySize)
    expect(largestDifference(rowsOf(results[1]), lastRow, input.vocabularySize)).toBeLessThan(tolerance)
  })

  test.each([1, 0.5, 0.1, 1e-3, 1e-9])(
    'candidates at alpha %s are V_alpha of the full row, best first',
    async (alpha) => {
      const input = inputs.at(-1) as ReferenceInput
      const full = fullStep('candidates', input.ids, 0)
      const readouts = [{ full: {} }, { candidates: { alpha } }, { candidates: { alpha, exclude: [0, 7, 300] } }]
      const { results } = await service.step({ steps: [{ ...full, rows: 'ROWS_LAST', readouts }] })
      const [all, candidates, allowed] = results[0]?.rows[0]?.scores ?? []
      const logits = toFloat32Array(all?.logits ?? new Uint8Array())
      const plausible = (row: Float32Array) =>
        plausibleIds(row, alpha).sort((a, b) => (row[b] ?? 0) - (row[a] ?? 0) || a - b)
      expect([...toUint32Array(candidates?.tokenIds ?? new Uint8Array())]).toEqual(plausible(logits))
      const banned = logits.map((z, v) => ([0, 7, 300].includes(v) ? Number.NEGATIVE_INFINITY : z))
      expect([...toUint32Array(allowed?.tokenIds ?? new Uint8Array())]).toEqual(plausible(banned))
    },
  )

  test('a later readout without tokens reads the same rows', async () => {
    const input = inputs.at(-1) as ReferenceInput
    const now = await service.append('later', input.ids, 0)
    const again = { ...fullStep('later', input.ids, input.ids.length), rows: 'ROWS_LAST' as const }
    const { results } = await service.step({
      steps: [{ ...again, readouts: [{ full: {} }, { gather: { rows: [{ ids: [5, 1] }] } }] }],
    })
    const lastRow = now.subarray(now.length - input.vocabularySize)
    expect(rowsOf(results[0])).toEqual(lastRow)
    const gathered = toFloat32Array(results[0]?.rows[0]?.scores[1]?.logits ?? new Uint8Array())
    expect([...gathered]).toEqual([lastRow[5], lastRow[1]])
  })

  test('after eviction: the service reports its position, and a replay gives the same', async () => {
    const input = inputs.at(-1) as ReferenceInput
    const last = input.ids.length - 1
    await service.append('evicted', input.ids.slice(0, last), 0)
    for (const other of ['x', 'y', 'z']) await service.append(other, [7, 8, 9], 0)
    const { results } = await service.step({ steps: [fullStep('evicted', input.ids, last)] })
    expect(results[0]?.error).toMatchObject({ code: 9, heldPosition: 0 })
    expect(difference(input, await service.append('evicted', input.ids, 0))).toBeLessThan(tolerance)
  })

  test('refuses a step with another prefix hash, and keeps the session', async () => {
    const input = inputs.at(-1) as ReferenceInput
    const last = input.ids.length - 1
    await service.append('held', input.ids.slice(0, last), 0)
    const wrong = { ...fullStep('held', input.ids, last), prefixHash: '1' }
    const { results } = await service.step({ steps: [wrong] })
    expect(results[0]?.error).toMatchObject({ code: 9, heldPosition: last })
    expect(difference(input, await service.append('held', input.ids, last), last)).toBeLessThan(tolerance)
  })
})
