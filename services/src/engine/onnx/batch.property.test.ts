import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bestCount, buildModel } from '@tandem/models'
import fc from 'fast-check'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { type Forward, runOneByOne } from '../engine.js'
import { LogitsRow } from '../logits/logits-row.js'
import { topK } from '../logits/top-k.js'
import { gatherLogits } from '../logits/vector.js'
import type { RunCosts } from './batch-groups.js'
import type { KeyValueCache } from './kv-cache.js'
import { OnnxEngine } from './onnx-engine.js'

/**
 * A batch equals its forwards one by one: two engines of one model follow the same history of
 * sessions, one of them in batches.
 */

const source = fileURLToPath(new URL('../../../../test/fixtures/tiny/llama-tied', import.meta.url))
const tolerance = 1e-4
const sessions = 6
const mostTokens = 60

let folder: string
let naive: OnnxEngine
/** The engine under test. */
let batched: OnnxEngine
const load = (costs?: RunCosts) => OnnxEngine.load({ folder: join(folder, 'tiny'), threads: 1 }, costs)
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-batch-'))
  await buildModel({ source, out: join(folder, 'tiny'), precision: 'fp32' })
  naive = await load()
})
afterEach(() => batched.close())
afterAll(async () => {
  await naive?.close()
  await rm(folder, { recursive: true, force: true })
})

const session = fc.nat(sessions - 1)
const chunk = fc.record({
  session,
  /** Part of the session that is kept. */
  keep: fc.oneof({ weight: 4, arbitrary: fc.constant(1) }, fc.double({ min: 0, max: 1, noNaN: true })),
  tokens: fc.array(fc.nat(31), { minLength: 1, maxLength: 8 }),
  rows: fc.constantFrom('all' as const, 'last' as const, 'none' as const),
})
const operation = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('batch' as const),
      chunks: fc.uniqueArray(chunk, { selector: (c) => c.session, minLength: 1, maxLength: sessions }),
      /** Memory in tokens: none, a few, or unlimited. */
      memory: fc.oneof({ weight: 1, arbitrary: fc.constantFrom(0, 50) }, { weight: 4, arbitrary: fc.constant(1e6) }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('alone' as const), chunk }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('truncate' as const),
      session,
      keep: fc.double({ min: 0, max: 1, noNaN: true }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('fork' as const), session, to: session }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('close' as const), session }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('clear' as const) }) },
)
type Operation = typeof operation extends fc.Arbitrary<infer T> ? T : never
type Chunk = typeof chunk extends fc.Arbitrary<infer T> ? T : never

/** The same session in both engines. */
interface Twin {
  readonly batched: KeyValueCache
  readonly naive: KeyValueCache
}
const createTwin = (): Twin => ({ batched: batched.createCache(), naive: naive.createCache() })
const both = ({ batched, naive }: Twin) => [batched, naive]

async function follow(operations: readonly Operation[]): Promise<void> {
  const twins = Array.from({ length: sessions }, createTwin)
  const twin = (index: number) => twins[index] as Twin
  const forwards = (chunks: readonly Chunk[]): [Forward[], Forward[]] => {
    const of = (which: keyof Twin) => chunks.map((c) => forwardOf(twin(c.session)[which], c))
    return [of('batched'), of('naive')]
  }
  const replace = (index: number, next: Twin) => {
    for (const cache of both(twin(index))) cache.close()
    twins[index] = next
  }
  for (const op of operations) {
    if (op.kind === 'batch') {
      const [inBatch, alone] = forwards(op.chunks)
      const memoryBytes = op.memory * twin(0).batched.bytesPerToken
      assertClose(await batched.runBatch(inBatch, memoryBytes), await runOneByOne(naive, alone))
      expect(batched.batchMemory.byteLength).toBeLessThanOrEqual(memoryBytes)
      assertSameCaches(twins)
    } else if (op.kind === 'alone') {
      const [[mine], [other]] = forwards([op.chunk])
      assertClose([await batched.run(mine as Forward)], [await naive.run(other as Forward)])
    } else if (op.kind === 'truncate') {
      for (const cache of both(twin(op.session))) cache.truncate(Math.floor(cache.length * op.keep))
    } else if (op.kind === 'fork') {
      if (op.session === op.to) continue
      const copy = (cache: KeyValueCache) => cache.copy(cache.length)
      replace(op.to, { batched: copy(twin(op.session).batched), naive: copy(twin(op.session).naive) })
    } else if (op.kind === 'close') replace(op.session, createTwin())
    else batched.batchMemory.clear()
  }
  for (const both of twins) both.batched.close()
}

function forwardOf(cache: KeyValueCache, { keep, tokens, rows }: Chunk): Forward {
  const position = Math.min(Math.floor(cache.length * keep), mostTokens - tokens.length)
  cache.reserve(position + tokens.length)
  const all = tokens.map((_, i) => i)
  const rowIndices = { all, last: all.slice(-1), none: [] }[rows]
  return { cache, position, tokenIds: Uint32Array.from(tokens), rowIndices }
}

function assertClose(found: readonly LogitsRow[][], expected: readonly LogitsRow[][]): void {
  expect(found.map((rows) => rows.length)).toEqual(expected.map((rows) => rows.length))
  found.forEach((rows, i) => {
    rows.forEach((row, j) => {
      assertRow(row.logits, expected[i]?.[j]?.logits ?? new Float32Array(0))
      assertSummary(row)
    })
  })
}

/** Asserts that the graph's summary of a row equals a scan of it. */
function assertSummary(row: LogitsRow): void {
  const size = row.logits.length
  const [summary, scanned] = [row, new LogitsRow(row.logits)].map((one) => one.cut(size))
  expect(summary?.max).toBe(scanned?.max)
  expect(Math.abs((summary?.logSumExp ?? Number.NaN) - (scanned?.logSumExp ?? 0))).toBeLessThanOrEqual(1e-5)
  expect(Array.from(summary?.best?.ids ?? [], Number)).toEqual([...topK(row.logits, bestCount)])
  expect([...(summary?.best?.logits ?? [])]).toEqual([...gatherLogits(row.logits, topK(row.logits, bestCount))])
}

function assertRow(found: Float32Array, expected: Float32Array): void {
  const differences = Array.from(found, (z, id) => Math.abs(z - (expected[id] ?? Number.NaN)))
  expect(Math.max(...differences)).toBeLessThanOrEqual(tolerance)
  // Compares logits, not ids: the two best ids may be a tie within rounding.
  const best = expected.indexOf(Math.max(...expected))
  expect(Math.max(...found) - (found[best] as number)).toBeLessThanOrEqual(tolerance)
}

/** Asserts that the caches hold what they would hold without batches. */
function assertSameCaches(twins: readonly Twin[]): void {
  for (const { batched: mine, naive: other } of twins) {
    expect(mine.length).toBe(other.length)
    for (let layer = 0; layer < mine.layers; layer++) {
      const [found, expected] = [mine.keyPrefix(layer, mine.length), other.keyPrefix(layer, other.length)]
      found.forEach((value, i) => {
        if (!(Math.abs(value - (expected[i] ?? Number.NaN)) <= tolerance)) throw new Error(`key ${i} of layer ${layer}`)
      })
    }
  }
}

test.each([
  ['split by cost', undefined],
  ['always one run', { weightBytes: 1e12, slotBytes: 1, tokenBytes: 1 }],
  ['always one run, columns reassigned at once', { weightBytes: 1e12, slotBytes: 1, tokenBytes: 1e9 }],
])(
  'sessions that open, close, rewind and fork, in batches %s, equal sessions that run one by one',
  async (_, costs) => {
    batched = await load(costs)
    const property = fc.asyncProperty(fc.array(operation, { minLength: 1, maxLength: 16, size: 'max' }), follow)
    await fc.assert(property, { numRuns: 100 })
  },
)
