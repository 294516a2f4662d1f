import type { Readout, Row } from '../../session/contract/session.js'
import { assertPresent } from '../assert-present.js'
import type { ModelScores, PickInput, Reads } from '../strategies/reads.js'
import type { Adjuster } from './adjustments.js'
import type { ModelSessions } from './model-sessions.js'

/** The result of one forward of all models over one sequence, and the strategy's input. */
export interface StepRead {
  readonly reads: Reads
  readonly rows: ReadonlyMap<string, Row>
  /** Unadjusted scores of the ids that the strategy chooses from, by model name. */
  readonly unadjusted: ReadonlyMap<string, ModelScores>
  readonly input: PickInput
}

/** Which most likely ids to read. */
export interface TopReadout {
  /** The name of the model. */
  readonly model: string
  /** 0 or null reads none. */
  readonly count: number | null
}

/** What to read in addition to the strategy's own readouts, and the sequence's state. */
export interface StepOptions extends Pick<PickInput, 'index' | 'excluded'> {
  /** The most likely ids to read, as the last readout of the model's row. */
  readonly top: TopReadout
  readonly adjuster: Adjuster | null
}

/**
 * Runs one step of one sequence: appends tokens in all models at once, adjusts the leading model's
 * logits, and reads the other models at the ids that the leading one selected.
 * @param nextIds tokens to append; if empty, the last rows are read again
 */
export async function readStep(
  sessions: ModelSessions,
  nextIds: readonly number[],
  reads: Reads,
  { index, excluded, top, adjuster }: StepOptions,
): Promise<StepRead> {
  const rows = await forward(sessions, nextIds, reads, { top, adjuster })
  const raw = firstOf(assertPresent(rows.get(reads.lead)))
  const lead = adjuster && !isMerged(reads) ? adjuster.read(raw, reads.readout) : raw
  const others = await gather(sessions, reads, rows, lead.scores.tokenIds)
  const input = {
    lead,
    others: reads.others.map((name) => assertPresent(others.get(name))),
    index,
    excluded,
    adjust: (scores: Float64Array) => {
      if (isMerged(reads)) adjuster?.apply(scores)
    },
  }
  return { reads, rows, unadjusted: lead === raw ? new Map([...others, [reads.lead, raw]]) : others, input }
}

/** Reads one model's logits of these ids after the last token. */
export async function gatherAt(sessions: ModelSessions, name: string, ids: Iterable<number>): Promise<ModelScores> {
  return firstOf(await assertPresent(sessions.get(name)).readout([{ kind: 'gather', rows: [[...ids]] }]))
}

/**
 * Runs all models. In each row the strategy's readout comes first
 * and the most likely ids come last.
 */
async function forward(
  sessions: ModelSessions,
  nextIds: readonly number[],
  reads: Reads,
  { top, adjuster }: Pick<StepOptions, 'top' | 'adjuster'>,
): Promise<ReadonlyMap<string, Row>> {
  const run = async (name: string): Promise<readonly [string, Row]> => {
    const session = assertPresent(sessions.get(name))
    const readouts = readoutsOf(name, reads, adjuster)
    if (top.count && name === top.model) readouts.push({ kind: 'top-k', k: top.count })
    if (nextIds.length === 0) return [name, await session.readout(readouts)]
    return [name, assertPresent((await session.step(nextIds, 'last', readouts))[0])]
  }
  return new Map(await Promise.all([...sessions.keys()].map(run)))
}

function readoutsOf(name: string, reads: Reads, adjuster: Adjuster | null): Readout[] {
  if (name === reads.lead) return [adjuster ? { kind: 'full' } : reads.readout]
  return isMerged(reads) && reads.others.includes(name) ? [reads.readout] : []
}

/** Reads the other models at the leading model's ids. */
async function gather(
  sessions: ModelSessions,
  reads: Reads,
  rows: ReadonlyMap<string, Row>,
  ids: Uint32Array,
): Promise<ReadonlyMap<string, ModelScores>> {
  const read = async (name: string): Promise<readonly [string, ModelScores]> => [
    name,
    isMerged(reads) ? firstOf(assertPresent(rows.get(name))) : await gatherAt(sessions, name, ids),
  ]
  return new Map(await Promise.all(reads.others.map(read)))
}

/**
 * Whether a strategy merges full rows of several models. If so, bias and
 * penalties act on the merged scores.
 */
const isMerged = ({ readout, others }: Reads): boolean => readout.kind === 'full' && others.length > 0

/** Returns a row's first readout with the row's log-sum-exp. */
export const firstOf = (row: Row): ModelScores => ({ row, scores: assertPresent(row.scores[0]) })
