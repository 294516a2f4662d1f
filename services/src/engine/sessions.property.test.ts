import fc from 'fast-check'
import { expect, test } from 'vitest'
import { emptyWork, joinEngine, never, rowsOf, runReplaying, stepOf } from './testing.js'
import { ToyEngine } from './toy-engine.js'

/** The logits that a fresh engine gives for the last rows of a sequence. */
async function freshRows(tokens: readonly number[], rows: number): Promise<Float32Array[]> {
  const { host, close } = joinEngine(new ToyEngine(), { prefillChunk: 64 })
  const outcome = await host.run({ ...emptyWork, steps: [stepOf('fresh', [], tokens)] }, never())
  await close()
  return rowsOf(outcome).slice(-rows)
}

const ids = ['a', 'b', 'c']
const id = fc.constantFrom(...ids)
const tokens = fc.array(fc.nat(31), { minLength: 1, maxLength: 7 })
const operation = fc.oneof(
  fc.record({ kind: fc.constant('append' as const), id, tokens }),
  fc.record({ kind: fc.constant('rewind' as const), id, keep: fc.double({ min: 0, max: 1, noNaN: true }), tokens }),
  fc.record({ kind: fc.constant('read-again' as const), id, tokens }),
  fc.record({ kind: fc.constant('fork' as const), id, to: id, tokens }),
  fc.record({ kind: fc.constant('reorder' as const), id, parents: fc.tuple(fc.nat(2), fc.nat(2), fc.nat(2)), tokens }),
  fc.record({ kind: fc.constant('close' as const), id, tokens }),
)

const budgets = fc.record({
  maxSessions: fc.integer({ min: 3, max: 9 }),
  maxBytes: fc.constantFrom(3000, 13_000, 1_000_000),
})

test('a cache never lies: after any appends, rewinds, forks, reorders, closes and evictions the rows are those of a fresh prefill', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(operation, { minLength: 1, maxLength: 14 }), budgets, async (operations, limits) => {
      const engine = new ToyEngine()
      const { host, close } = joinEngine(engine, limits)
      const held = new Map(ids.map((name) => [name, [] as number[]]))
      try {
        for (const op of operations) {
          let prefix = held.get(op.id) ?? []
          const work = { ...emptyWork }
          if (op.kind === 'close') {
            await host.run({ ...emptyWork, closeSessionIds: [op.id] }, never())
          } else if (op.kind === 'rewind') {
            prefix = prefix.slice(0, Math.floor(prefix.length * op.keep))
          } else if (op.kind === 'fork' && prefix.length > 0) {
            const outcome = await host.run({ ...emptyWork, forks: [{ from: op.id, to: op.to }] }, never())
            // A lost parent cannot be copied; the child is replayed from its tokens then.
            if (outcome.failure !== null) expect([8, 9]).toContain(outcome.failure.code)
            held.set(op.to, prefix)
            continue
          } else if (op.kind === 'reorder') {
            const before = ids.map((name) => held.get(name) ?? [])
            const reorder = { sessionIds: ids, parents: [...op.parents] }
            const outcome = await host.run({ ...emptyWork, reorder }, never())
            if (outcome.failure !== null) expect([8, 9]).toContain(outcome.failure.code)
            ids.forEach((name, i) => {
              held.set(name, before[op.parents[i] ?? 0] ?? [])
            })
            continue
          } else if (op.kind === 'read-again') {
            if (prefix.length === 0) continue
            const step = stepOf(op.id, prefix, [], { rows: 'last' })
            const outcome = await runReplaying(host, work, prefix, step)
            expect(rowsOf(outcome).slice(-1)).toEqual(await freshRows(prefix, 1))
            continue
          }
          const next = [...prefix, ...op.tokens]
          if (next.length > engine.description.contextLength) continue
          const outcome = await runReplaying(host, work, next, stepOf(op.id, prefix, op.tokens))
          held.set(op.id, next)
          expect(outcome.results[0]?.position).toBe(next.length)
          expect(rowsOf(outcome).slice(-op.tokens.length)).toEqual(await freshRows(next, op.tokens.length))
        }
      } finally {
        await close()
      }
    }),
    { numRuns: 150 },
  )
})
