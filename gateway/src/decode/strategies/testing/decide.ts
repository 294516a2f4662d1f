import { readScores } from '../../../testing/toy-session.js'
import type { BoundTokenStrategy } from '../bound-strategy.js'
import type { ModelScores } from '../reads.js'

/** Full rows of logits by model. */
export type LogitRows = Readonly<Record<string, Float32Array>>

/** Runs one step of a strategy over rows of logits: reads what it asks for, then picks. */
export function decide(strategy: BoundTokenStrategy, rows: LogitRows, exclude: readonly number[] = []): number {
  const { lead, readout, others } = strategy.reads(exclude)
  const read = (name: string, how: typeof readout): ModelScores => {
    const logits = rows[name] ?? new Float32Array()
    const max = Math.max(...logits)
    const logSumExp = max + Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit - max), 0))
    return { row: { logSumExp }, scores: readScores(logits, how, 0) }
  }
  const first = read(lead, readout)
  const ids = [...first.scores.tokenIds]
  return strategy.pick({
    lead: first,
    others: others.map((name) => read(name, { kind: 'gather', rows: [ids] })),
    index: 0,
    excluded: new Set(exclude),
    adjust: () => undefined,
  })
}
