import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  applyOperation,
  countSteps,
  type SetOperation,
  sequenceIndex,
  setOperation,
} from '../../testing/session-operations.js'
import { sessionOptions } from '../../testing/session-options.js'
import { ToyService } from '../../testing/toy-service.js'
import { LogitServiceConnection } from './logit-service.js'

/**
 * After any steps, forks and reorders, and with sessions lost at any point, the
 * rows equal those of fresh sessions.
 */

let service: ToyService
let connection: LogitServiceConnection
const served = {
  role: 'toy',
  engineRoles: ['toy', 'other'],
  device: { host: 'here', kind: 'cpu', units: [0], threads: 1, engineId: 'one' },
}
beforeAll(async () => {
  service = new ToyService(3)
  connection = new LogitServiceConnection('dpo', await service.start())
})
afterAll(() => {
  connection.close()
  service.kill()
})

const loss = fc.oneof(
  fc.record({ kind: fc.constant('lose' as const), index: sequenceIndex }),
  fc.record({ kind: fc.constant('lose-all' as const) }),
)
const operation = fc.oneof({ weight: 14, arbitrary: setOperation }, { weight: 2, arbitrary: loss })
type Operation = SetOperation | (typeof loss extends fc.Arbitrary<infer T> ? T : never)

function lose(op: Operation): boolean {
  if (op.kind === 'lose-all') service.sessions.clear()
  else if (op.kind === 'lose')
    service.sessions.delete([...service.sessions.keys()][op.index % service.sessions.size] ?? '')
  else return false
  return true
}

/** Step of a message before which the service loses all sessions; -1 if it loses none. */
function lossAt(round: readonly Operation[], held: readonly number[][][]): number {
  const [at = -1] = round.flatMap((op, i) =>
    'faultAt' in op && op.faultAt !== null && op.faultAt < countSteps(op, held[i] ?? []) ? [op.faultAt] : [],
  )
  return at
}

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
      const options = { ...sessionOptions(), served }
      const sets = Array.from({ length: models }, () => connection.openSessions(options))
      let held: number[][][] = sets.map(() => [[]])
      const apply = async (op: Operation, i: number): Promise<number[][]> => {
        const own = held[i] as number[][]
        if (lose(op)) return own
        return applyOperation(sets[i] as (typeof sets)[0], own, op as SetOperation, (ids) =>
          service.logProbabilities(ids),
        )
      }
      try {
        for (const round of rounds) {
          // Only in the first message: if a replay were lost again, the call would fail.
          const lost = lossAt(round, held)
          let count = 0
          service.beforeStep = () => {
            if (count++ === lost) service.sessions.clear()
          }
          held = await Promise.all(round.map(apply))
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
