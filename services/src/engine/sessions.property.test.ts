import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildModel } from '@tandem/models'
import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import type { Engine } from './engine.js'
import { OnnxEngine } from './onnx-engine.js'
import { emptyWork, joinEngine, never, rowsOf, runReplaying, stepOf } from './testing.js'
import { ToyEngine } from './toy-engine.js'

/** A cache never lies: after any history of operations a session's rows are those of a fresh prefill of the same tokens. */

const names = ['a', 'b', 'c']
const name = fc.constantFrom(...names)
const tokens = fc.array(fc.nat(31), { minLength: 1, maxLength: 7 })
const share = fc.double({ min: 0, max: 1, noNaN: true })
const parents = fc.tuple(fc.nat(2), fc.nat(2), fc.nat(2))
const operation = fc.oneof(
  fc.record({ kind: fc.constant('append' as const), name, tokens }),
  fc.record({ kind: fc.constant('rewind' as const), name, keep: share, tokens }),
  fc.record({ kind: fc.constant('read-again' as const), name }),
  fc.record({ kind: fc.constant('fork' as const), name, to: name }),
  fc.record({ kind: fc.constant('reorder' as const), parents }),
  fc.record({ kind: fc.constant('close' as const), name }),
)
type Operation = typeof operation extends fc.Arbitrary<infer T> ? T : never

interface Tried {
  engine: Engine
  /** Budgets in bytes: one that evicts all the time, one that does at times, one that never does. */
  budgets: number[]
  tolerance: number
  runs: number
}

const contextTokens = 60

/** Runs the operations against one service, keeping beside it what each session should hold. */
async function follow(tried: Tried, operations: Operation[], limits: { maxSessions: number; maxBytes: number }) {
  const vocabularyLimit = tried.engine.description.vocabularySize
  const { host, close } = joinEngine(shared(tried.engine), limits)
  const held = new Map<string, number[]>(names.map((n) => [n, []]))
  const heldOf = (n: string) => held.get(n) ?? []
  const compare = async (step: ReturnType<typeof stepOf>, sequence: number[], rows: number) => {
    const found = rowsOf(await runReplaying(host, sequence, step)).slice(-rows)
    assertClose(found, await freshRows(tried, sequence, rows), tried.tolerance)
  }
  const apply = async (op: Operation) => {
    if (op.kind === 'close') {
      await host.run({ ...emptyWork, closeSessionIds: [op.name] }, never())
    } else if (op.kind === 'fork') {
      if (heldOf(op.name).length === 0) return
      assertSoft(await host.run({ ...emptyWork, forks: [{ from: op.name, to: op.to }] }, never()))
      held.set(op.to, heldOf(op.name))
    } else if (op.kind === 'reorder') {
      assertSoft(await host.run({ ...emptyWork, reorder: { sessionIds: names, parents: op.parents } }, never()))
      const before = names.map(heldOf)
      names.forEach((n, i) => {
        held.set(n, before[op.parents[i] ?? 0] ?? [])
      })
    } else if (op.kind === 'read-again') {
      const sequence = heldOf(op.name)
      if (sequence.length > 0)
        await compare(stepOf(op.name, sequence, [], { rows: 'last', vocabularyLimit }), sequence, 1)
    } else {
      const all = heldOf(op.name)
      const prefix = op.kind === 'rewind' ? all.slice(0, Math.floor(all.length * op.keep)) : all
      const sequence = [...prefix, ...op.tokens]
      if (sequence.length > contextTokens) return
      await compare(stepOf(op.name, prefix, op.tokens, { vocabularyLimit }), sequence, op.tokens.length)
      held.set(op.name, sequence)
    }
  }
  try {
    for (const op of operations) await apply(op)
  } finally {
    await close()
  }
}

/** A fork of what was lost, or one that does not fit, may fail: the sessions are replayed then. */
function assertSoft({ failure }: { failure: { code: number } | null }): void {
  if (failure !== null) expect([8, 9]).toContain(failure.code)
}

async function freshRows({ engine }: Tried, sequence: number[], rows: number): Promise<Float32Array[]> {
  const cache = engine.createCache()
  cache.reserve(sequence.length)
  const rowIndices = Array.from({ length: rows }, (_, i) => sequence.length - rows + i)
  const logits = await engine.run({ cache, position: 0, tokenIds: Uint32Array.from(sequence), rowIndices })
  const size = engine.description.vocabularySize
  return rowIndices.map((_, i) => logits.subarray(i * size, (i + 1) * size))
}

function assertClose(found: Float32Array[], expected: Float32Array[], tolerance: number): void {
  expect(found.length).toBe(expected.length)
  const differences = found.flatMap((row, i) =>
    Array.from(row, (z, id) => Math.abs(z - (expected[i]?.[id] ?? Number.NaN))),
  )
  expect(Math.max(...differences)).toBeLessThanOrEqual(tolerance)
}

/** One engine for many services: none of them closes it. */
const shared = (engine: Engine): Engine => ({
  description: engine.description,
  createCache: () => engine.createCache(),
  run: (forward) => engine.run(forward),
  close: async () => undefined,
})

async function assertCacheNeverLies(tried: Tried): Promise<void> {
  const limits = fc.record({ maxSessions: fc.integer({ min: 3, max: 9 }), maxBytes: fc.constantFrom(...tried.budgets) })
  const property = fc.asyncProperty(
    fc.array(operation, { minLength: 1, maxLength: 14 }),
    limits,
    (operations, budget) => follow(tried, operations, budget),
  )
  await fc.assert(property, { numRuns: tried.runs })
}

test('sessions of the toy engine', async () => {
  await assertCacheNeverLies({ engine: new ToyEngine(), budgets: [6000, 14_000, 1e6], tolerance: 0, runs: 200 })
})

const folder = await mkdtemp(join(tmpdir(), 'tandem-sessions-'))
afterAll(() => rm(folder, { recursive: true }))

test('sessions of onnxruntime', async () => {
  const source = fileURLToPath(new URL('../../../test/fixtures/tiny/llama-tied', import.meta.url))
  await buildModel({ source, out: join(folder, 'tiny'), precision: 'fp32' })
  const engine = await OnnxEngine.load({ folder: join(folder, 'tiny'), threads: 1 })
  const sessionBytes = contextTokens * engine.createCache().bytesPerToken + 32 * 4 * engine.description.vocabularySize
  const budgets = [1.2 * sessionBytes, 2 * sessionBytes, 100 * sessionBytes].map(Math.floor)
  await assertCacheNeverLies({ engine, budgets, tolerance: 1e-4, runs: 60 })
  await engine.close()
})
