import type { Readout, Row } from '../../session/session.js'
import type { Adjuster } from './adjustments.js'
import { present } from '../assert-present.js'
import type { Sessions } from './model-sessions.js'
import type { ModelScores, PickInput, Reads } from '../strategies/reads.js'

/** What one forward of all models over one sequence gave, and what the strategy chooses from. */
export interface StepRead {
  readonly reads: Reads
  readonly rows: ReadonlyMap<string, Row>
  /** At the ids that the strategy chooses from, as the models gave it. */
  readonly read: ReadonlyMap<string, ModelScores>
  readonly input: PickInput
}

/** What is read beside what the strategy asks for, and where the sequence stands. */
export interface StepOptions extends Pick<PickInput, 'index' | 'excluded'> {
  /** How many of the DPO model's best ids; they are the last readout of its row. 0 or null: none. */
  readonly topLogprobs: number | null
  readonly adjuster: Adjuster | null
}

/**
 * One step of one sequence: appends tokens in all models at once, adjusts what the leader says, and reads the others at the ids that
 * it named.
 * @param nextIds none: the last rows are read again
 */
export async function readStep(
  sessions: Sessions,
  nextIds: readonly number[],
  reads: Reads,
  { index, excluded, topLogprobs, adjuster }: StepOptions,
): Promise<StepRead> {
  const rows = await forward(sessions, nextIds, reads, { topLogprobs, adjuster })
  const raw = firstOf(present(rows.get(reads.lead)))
  const lead = adjuster && !isMerged(reads) ? adjuster.read(raw, reads.readout) : raw
  const others = await gather(sessions, reads, rows, lead.scores.tokenIds)
  const input = {
    lead,
    others: reads.others.map((name) => present(others.get(name))),
    index,
    excluded,
    adjust: (scores: Float64Array) => {
      if (isMerged(reads)) adjuster?.apply(scores)
    },
  }
  return { reads, rows, read: lead === raw ? new Map([...others, [reads.lead, raw]]) : others, input }
}

/** Logits of these ids after the last token. */
export async function gatherAt(sessions: Sessions, name: string, ids: Iterable<number>): Promise<ModelScores> {
  return firstOf(await present(sessions.get(name)).readout([{ kind: 'gather', rows: [[...ids]] }]))
}

/** What the strategy reads in the step itself is the first of a row, the best ids are the last. */
async function forward(
  sessions: Sessions,
  nextIds: readonly number[],
  reads: Reads,
  { topLogprobs, adjuster }: Pick<StepOptions, 'topLogprobs' | 'adjuster'>,
): Promise<ReadonlyMap<string, Row>> {
  const run = async (name: string): Promise<readonly [string, Row]> => {
    const session = present(sessions.get(name))
    const readouts = readoutsOf(name, reads, adjuster)
    if (topLogprobs && name === 'dpo') readouts.push({ kind: 'top-k', k: topLogprobs })
    if (nextIds.length === 0) return [name, await session.readout(readouts)]
    return [name, present((await session.step(nextIds, 'last', readouts))[0])]
  }
  return new Map(await Promise.all([...sessions.keys()].map(run)))
}

function readoutsOf(name: string, reads: Reads, adjuster: Adjuster | null): Readout[] {
  if (name === reads.lead) return [adjuster ? { kind: 'full' } : reads.readout]
  return isMerged(reads) && reads.others.includes(name) ? [reads.readout] : []
}

/** The other models at the leader's ids. */
async function gather(
  sessions: Sessions,
  reads: Reads,
  rows: ReadonlyMap<string, Row>,
  ids: Uint32Array,
): Promise<ReadonlyMap<string, ModelScores>> {
  const read = async (name: string): Promise<readonly [string, ModelScores]> => [
    name,
    isMerged(reads) ? firstOf(present(rows.get(name))) : await gatherAt(sessions, name, ids),
  ]
  return new Map(await Promise.all(reads.others.map(read)))
}

/** Whether a strategy merges full rows of several models: then bias and penalties act on what it makes of them. */
const isMerged = ({ readout, others }: Reads): boolean => readout.kind === 'full' && others.length > 0

export const firstOf = (row: Row): ModelScores => ({ row, scores: present(row.scores[0]) })
