import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { sessionOptions } from '../../testing/session-options.js'
import { ToyService } from '../../testing/toy-service.js'
import type { Readout, Row, SessionSet } from '../contract/session.js'
import { LogitServiceConnection } from './logit-service.js'

/**
 * After any steps, forks and reorders, and with sessions lost at any point, the
 * rows equal those of fresh sessions.
 */

let service: ToyService
let connection: LogitServiceConnection
beforeAll(async () => {
  service = new ToyService(3)
  const device = { host: 'here', kind: 'cpu', units: [0], threads: 1, engineId: 'one' }
  Object.assign(service.model, { engineRoles: ['toy', 'other'], device })
  connection = new LogitServiceConnection('dpo', await service.start())
  connection.pin(await connection.getModel())
})
afterAll(() => {
  connection.close()
  service.kill()
})

const maxSequences = 5
const readouts: readonly Readout[] = [{ kind: 'gather', rows: [[0, 7, 100, 511]] }]
const index = fc.nat(maxSequences - 1)
const tokens = fc.array(fc.nat(511), { minLength: 1, maxLength: 4 })
const tokensOfAll = fc.array(tokens, { minLength: maxSequences, maxLength: maxSequences })
const rows = fc.constantFrom('last' as const, 'all' as const)
const share = fc.double({ min: 0, max: 1, noNaN: true })
const parents = fc.array(index, { minLength: 1, maxLength: maxSequences })
/**
 * Step of a message before which the service loses all sessions,
 * after it has answered the steps before.
 */
const lostAt = fc.option(index)
const operation = fc.oneof(
  // All sequences step at once, as beams and answers do.
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('step-all' as const), tokens: tokensOfAll, rows, lostAt }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('step' as const), index, tokens }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('read-all' as const), lostAt }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('truncate' as const), index, share }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('reorder' as const), parents }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('lose' as const), index }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('lose-all' as const) }) },
)
type Operation = typeof operation extends fc.Arbitrary<infer T> ? T : never

const expectRow = (row: Row | undefined, ids: readonly number[]) => {
  const expected = service.logProbabilities(ids)
  const [scores] = row?.scores ?? []
  expect(scores?.tokenIds).toHaveLength(4)
  scores?.tokenIds.forEach((id, i) => {
    expect((scores.logits[i] ?? Number.NaN) - (row?.logSumExp ?? Number.NaN)).toBeCloseTo(expected[id] ?? Number.NaN, 9)
  })
}

async function apply(set: SessionSet, held: number[][], op: Operation): Promise<number[][]> {
  const step = async (i: number, ids: readonly number[], rows: 'last' | 'all') => {
    const before = held[i] ?? []
    const read = await set.sessions[i]?.step(ids, rows, readouts)
    const ends = rows === 'all' ? ids.map((_, n) => n + 1) : [ids.length]
    for (const [n, end] of ends.entries()) expectRow(read?.[n], [...before, ...ids.slice(0, end)])
    return [...before, ...ids]
  }
  switch (op.kind) {
    case 'step-all':
      return Promise.all(held.map((_, i) => step(i, op.tokens[i] ?? [], op.rows)))
    case 'step': {
      const at = op.index % held.length
      const stepped = await step(at, op.tokens, 'last')
      return held.map((ids, i) => (i === at ? stepped : ids))
    }
    case 'read-all': {
      const read = held.map(
        async (ids, i) => ids.length > 0 && expectRow(await set.sessions[i]?.readout(readouts), ids),
      )
      await Promise.all(read)
      return held
    }
    case 'truncate': {
      const at = op.index % held.length
      const length = Math.floor((held[at]?.length ?? 0) * op.share)
      set.sessions[at]?.truncate(length)
      return held.map((ids, i) => (i === at ? ids.slice(0, length) : ids))
    }
    case 'reorder': {
      const parents = op.parents.map((parent) => parent % held.length)
      set.reorder(parents)
      return parents.map((parent) => held[parent] ?? [])
    }
    case 'lose':
      service.sessions.delete([...service.sessions.keys()][op.index % service.sessions.size] ?? '')
      return held
    case 'lose-all':
      service.sessions.clear()
      return held
  }
}

/** Steps that an operation on all sequences sends at once: an empty sequence has no row to read. */
const countSteps = ({ kind }: Operation, held: readonly (readonly number[])[]): number =>
  kind === 'read-all' ? held.filter((ids) => ids.length > 0).length : held.length

/**
 * One set, or two that share a stream like the models of one engine. Each set
 * runs its own operation, both at once.
 */
test.each([[1], [2]])('rows equal those of fresh sessions, models: %i', async (models) => {
  const operations = fc.array(fc.array(operation, { minLength: models, maxLength: models }), {
    minLength: 4,
    maxLength: 20,
  })
  await fc.assert(
    fc.asyncProperty(operations, async (rounds) => {
      const options = sessionOptions()
      const sets = await Promise.all(Array.from({ length: models }, () => connection.openSessions(options)))
      let held: number[][][] = sets.map(() => [[]])
      try {
        for (const round of rounds) {
          // Only in the first message: if a replay were lost again, the call would fail.
          const [lossAt = -1] = round.flatMap((op, i) =>
            'lostAt' in op && op.lostAt !== null && op.lostAt < countSteps(op, held[i] ?? []) ? [op.lostAt] : [],
          )
          let count = 0
          service.beforeStep = () => {
            if (count++ === lossAt) service.sessions.clear()
          }
          held = await Promise.all(round.map((op, i) => apply(sets[i] as SessionSet, held[i] as number[][], op)))
          expect(sets.map((set) => set.sessions.map(({ position }) => position))).toEqual(
            held.map((sequences) => sequences.map(({ length }) => length)),
          )
        }
      } finally {
        service.beforeStep = () => undefined
        for (const set of sets) set.close()
      }
    }),
    { numRuns: 150 },
  )
})
