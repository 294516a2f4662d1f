import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildModel } from '@tandem/models'
import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import { cpu } from '../compute-device.js'
import type { Engine } from '../engine.js'
import { loadEngine } from '../onnx/load-engine.js'
import { emptyWork, joinEngine, never, rowsOf, runReplaying, stepOf, ToyEngine } from '../testing/index.js'
import type { Step } from '../work.js'

/**
 * After any history of operations, a session's rows equal those of a fresh prefill of the same
 * tokens.
 */

const names = ['a', 'b', 'c']
const name = fc.constantFrom(...names)
const tokens = fc.array(fc.nat(31), { minLength: 1, maxLength: 14, size: 'max' })
const share = fc.double({ min: 0, max: 1, noNaN: true })
/** A beam set of the first two sessions. */
const beams = names.slice(0, 2)
const parents = fc.tuple(fc.nat(1), fc.nat(1))
const operation = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('append' as const), name, tokens }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('rewind' as const), name, keep: share, tokens }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('change' as const), name, keep: share, tokens }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('read-again' as const), name, back: fc.nat(3) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('fork' as const), name, to: name }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('reorder' as const), parents }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('close' as const), name }) },
)
type Operation = typeof operation extends fc.Arbitrary<infer T> ? T : never

interface Tried {
  readonly engine: Engine
  /**
   * Budgets in bytes: one that evicts all the time, one that evicts sometimes, one that never
   * evicts.
   */
  readonly budgets: number[]
  readonly tolerance: number
  readonly runs: number
}

const contextTokens = 60

/** Runs the operations against one service, and tracks what each session should hold. */
async function follow(tried: Tried, operations: Operation[], limits: { maxSessions: number; maxBytes: number }) {
  const vocabularyLimit = tried.engine.description.vocabularySize
  const { host, close } = joinEngine(shared(tried.engine), limits)
  const neverEvicts = limits.maxBytes === Math.max(...tried.budgets)
  /** What the client expects, and what a service that evicts nothing holds. */
  const held = new Map<string, number[]>(names.map((n) => [n, []]))
  const served = new Map<string, number[]>()
  const heldOf = (n: string) => held.get(n) ?? []

  const compare = async (step: Step, sequence: number[], rows: number, mayReplay: boolean) => {
    let replays = 0
    const outcome = await runReplaying(host, sequence, step, () => replays++)
    if (neverEvicts && !mayReplay) expect(replays).toBe(0)
    expect(outcome.results[0]?.position).toBe(sequence.length)
    assertClose(rowsOf(outcome).slice(-rows), await freshRows(tried, sequence, rows), tried.tolerance)
    held.set(step.sessionId, sequence)
    served.set(step.sessionId, sequence)
  }

  const apply = async (op: Operation) => {
    if (op.kind === 'close') {
      await host.run({ ...emptyWork, closeSessionIds: [op.name] }, never())
      served.delete(op.name)
    } else if (op.kind === 'fork') {
      if (heldOf(op.name).length === 0) return
      const isDone = succeeded(await host.run({ ...emptyWork, forks: [{ from: op.name, to: op.to }] }, never()))
      if (isDone) move(served, [op.to], [op.name])
      held.set(op.to, heldOf(op.name))
    } else if (op.kind === 'reorder') {
      const reorder = { sessionIds: beams, parents: op.parents }
      const from = op.parents.map((parent) => beams[parent] ?? '')
      if (succeeded(await host.run({ ...emptyWork, reorder }, never()))) move(served, beams, from)
      move(held, beams, from)
    } else if (op.kind === 'read-again') {
      const sequence = heldOf(op.name).slice(0, Math.max(1, heldOf(op.name).length - op.back))
      const step = stepOf(op.name, sequence, [], { rows: 'last', vocabularyLimit })
      if (sequence.length > 0) await compare(step, sequence, 1, true)
    } else {
      const all = heldOf(op.name)
      const prefix = op.kind === 'append' ? all : all.slice(0, Math.floor(all.length * op.keep))
      if (op.kind === 'change' && prefix.length > 0) prefix[0] = ((prefix[0] ?? 0) + 1) % 32
      const sequence = [...prefix, ...op.tokens]
      if (sequence.length > contextTokens) return
      const isServed = prefix.every((id, i) => served.get(op.name)?.[i] === id)
      const step = stepOf(op.name, prefix, op.tokens, { vocabularyLimit })
      await compare(step, sequence, op.tokens.length, !isServed)
    }
  }
  try {
    for (const op of operations) await apply(op)
  } finally {
    await close()
  }
}

/** Makes each to[i] what from[i] was before. */
function move(map: Map<string, number[]>, to: readonly string[], from: readonly string[]): void {
  const before = from.map((n) => map.get(n))
  to.forEach((n, i) => {
    const tokens = before[i]
    if (tokens === undefined) map.delete(n)
    else map.set(n, tokens)
  })
}

/**
 * A fork of an evicted session, or a fork that does not fit, may fail: the sessions are replayed
 * then.
 */
function succeeded({ failure }: { failure: { code: number } | null }): boolean {
  if (failure !== null) expect([8, 9]).toContain(failure.code)
  return failure === null
}

async function freshRows({ engine }: Tried, sequence: number[], rows: number): Promise<Float32Array[]> {
  const cache = engine.createCache()
  cache.reserve(sequence.length)
  const rowIndices = Array.from({ length: rows }, (_, i) => sequence.length - rows + i)
  const found = await engine.run({ cache, position: 0, tokenIds: Uint32Array.from(sequence), rowIndices })
  return found.map(({ logits }) => logits)
}

function assertClose(found: Float32Array[], expected: Float32Array[], tolerance: number): void {
  expect(found.length).toBe(expected.length)
  const differences = found.flatMap((row, i) =>
    Array.from(row, (z, id) => Math.abs(z - (expected[i]?.[id] ?? Number.NaN))),
  )
  expect(Math.max(...differences)).toBeLessThanOrEqual(tolerance)
}

/** Shares one engine between services: they do not close it. */
const shared = (engine: Engine): Engine => ({
  description: engine.description,
  createCache: () => engine.createCache(),
  kvBytesPerToken: (variant) => engine.kvBytesPerToken(variant),
  run: (forward) => engine.run(forward),
  runBatch: (forwards, memoryBytes) => engine.runBatch(forwards, memoryBytes),
  batchMemory: engine.batchMemory,
  close: async () => undefined,
})

async function assertRowsAreFresh(tried: Tried): Promise<void> {
  const limits = fc.record({ maxSessions: fc.integer({ min: 3, max: 9 }), maxBytes: fc.constantFrom(...tried.budgets) })
  const property = fc.asyncProperty(
    fc.array(operation, { minLength: 1, maxLength: 14, size: 'max' }),
    limits,
    (operations, budget) => follow(tried, operations, budget),
  )
  await fc.assert(property, { numRuns: tried.runs })
}

test('sessions of the toy engine', async () => {
  await assertRowsAreFresh({ engine: new ToyEngine(), budgets: [6000, 14_000, 1e6], tolerance: 0, runs: 1000 })
})

const folder = await mkdtemp(join(tmpdir(), 'tandem-sessions-'))
afterAll(() => rm(folder, { recursive: true }))

const fixture = (name: string) => fileURLToPath(new URL(`../../../../test/fixtures/${name}`, import.meta.url))

test.each([
  ['onnxruntime', 'tiny/llama-tied', 1e-4, 60],
  ['an exported graph with position_ids', 'optimum/llama-tied/model.onnx', 1e-4, 25],
  ['an exported graph without position_ids, that drops rows', 'optimum/llama-bare/model.onnx', 1e-4, 25],
  ['an exported graph in float16', 'optimum/llama-tied/model_fp16.onnx', 0.1, 25],
  ['an exported graph with GroupQueryAttention', 'optimum/qwen2-genai/model.onnx', 1e-4, 25],
])('sessions of %s', async (_name, source, tolerance, runs) => {
  const out = join(folder, source)
  await buildModel({ source: fixture(source), out })
  const engine = await loadEngine({ folder: out, threads: 1, devices: [cpu] })
  const sessionBytes = contextTokens * engine.createCache().bytesPerToken + 32 * 4 * engine.description.vocabularySize
  const budgets = [1.2 * sessionBytes, 2 * sessionBytes, 100 * sessionBytes].map(Math.floor)
  await assertRowsAreFresh({ engine, budgets, tolerance, runs })
  await engine.close()
})
