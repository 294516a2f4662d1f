import type { Readout, Row } from '../session/session.js'
import { Adjuster } from './adjustments.js'
import type { DecodeLoop } from './decode-loop.js'
import { toDetail, topScores } from './describe.js'
import { present, type Sessions } from './sessions.js'
import { logProbabilityAt } from './strategies/advantage.js'
import type { ModelScores, Reads } from './strategies/strategy.js'
import type { DecodeRequest, Token } from './token.js'

/** What one forward of all models gave, and what the strategy asks of it. */
interface Step {
  readonly reads: Reads
  readonly rows: ReadonlyMap<string, Row>
  /** At the ids that the strategy chooses from, as the models gave it. */
  readonly read: ReadonlyMap<string, ModelScores>
}

/**
 * The decode loop as the paper has it (Algorithm 1): all models run every token, then one is picked. Knows no text.
 * WindowLoop takes fewer forwards to the same tokens.
 */
export class PlainLoop implements DecodeLoop {
  private index = 0
  private nextIds: readonly number[]
  private readonly adjuster: Adjuster | null

  constructor(
    private readonly sessions: Sessions,
    private readonly request: DecodeRequest,
  ) {
    const { method, promptIds, adjustments } = request
    this.nextIds = promptIds.slice(present(sessions.get(method.reads([]).lead)).position)
    this.adjuster = adjustments && new Adjuster(adjustments, promptIds)
  }

  /** The next token of the answer: forward, adjust, gather, pick, append. */
  async next(): Promise<readonly Token[]> {
    const excluded = this.index < this.request.minTokens ? this.request.endTokenIds : []
    const reads = this.request.method.reads([...excluded])
    const rows = await this.forward(reads)
    const raw = firstOf(present(rows.get(reads.lead)))
    const lead = this.adjuster && !isMerged(reads) ? this.adjuster.read(raw, reads.readout) : raw
    const others = await this.gather(reads, rows, lead.scores.tokenIds)
    const id = this.request.method.pick({
      lead,
      others: reads.others.map((name) => present(others.get(name))),
      index: this.index,
      excluded: new Set(excluded),
      adjust: (scores) => {
        if (isMerged(reads)) this.adjuster?.apply(scores)
      },
    })
    const read = lead === raw ? new Map([...others, [reads.lead, raw]]) : others
    const token = await this.describe(id, lead.scores.tokenIds, { reads, rows, read })
    this.append(id)
    return [token]
  }

  /** All models at once. What the strategy reads in the step itself is the first of a row, the best ids are the last. */
  private async forward(reads: Reads): Promise<ReadonlyMap<string, Row>> {
    const { topLogprobs } = this.request
    const run = async (name: string): Promise<readonly [string, Row]> => {
      const session = present(this.sessions.get(name))
      const readouts = this.readoutsOf(name, reads)
      if (topLogprobs && name === 'dpo') readouts.push({ kind: 'top-k', k: topLogprobs })
      if (this.nextIds.length === 0) return [name, await session.readout(readouts)]
      return [name, present((await session.step(this.nextIds, 'last', readouts))[0])]
    }
    return new Map(await Promise.all([...this.sessions.keys()].map(run)))
  }

  private readoutsOf(name: string, reads: Reads): Readout[] {
    if (name === reads.lead) return [this.adjuster ? { kind: 'full' } : reads.readout]
    return isMerged(reads) && reads.others.includes(name) ? [reads.readout] : []
  }

  /** The other models at the leader's ids. */
  private async gather(
    reads: Reads,
    rows: ReadonlyMap<string, Row>,
    ids: Uint32Array,
  ): Promise<ReadonlyMap<string, ModelScores>> {
    const read = async (name: string): Promise<readonly [string, ModelScores]> => [
      name,
      isMerged(reads) ? firstOf(present(rows.get(name))) : await this.gatherAt(name, ids),
    ]
    return new Map(await Promise.all(reads.others.map(read)))
  }

  private async gatherAt(name: string, ids: Iterable<number>): Promise<ModelScores> {
    return firstOf(await present(this.sessions.get(name)).readout([{ kind: 'gather', rows: [[...ids]] }]))
  }

  /** What the request wants to know of the token: log p of the DPO model, and detail. */
  private async describe(id: number, ids: Uint32Array, step: Step): Promise<Token> {
    const { topLogprobs, detail } = this.request
    if (topLogprobs === null && !detail) return { id, logprob: null, top: [], detail: null }
    const [dpo, sft] = await Promise.all([this.logprobOf(id, 'dpo', step), detail && this.logprobOf(id, 'sft', step)])
    const row = present(step.rows.get('dpo'))
    const top = topLogprobs ? topScores(row, row.scores.length - 1, topLogprobs) : []
    const candidates = sft === false ? null : await this.candidatesOf(ids, step)
    return { id, logprob: dpo, top, detail: sft === false ? null : toDetail(dpo, sft, candidates) }
  }

  /** The pair at V_alpha; null where the strategy chooses from no V_alpha. */
  private async candidatesOf(ids: Uint32Array, { reads, read }: Step) {
    if (reads.readout.kind !== 'candidates' || reads.others.length === 0) return null
    const readPair = ['dpo', 'sft'].map((name) => read.get(name) ?? this.gatherAt(name, ids))
    const [dpo, sft] = await Promise.all(readPair)
    return { dpo: present(dpo), sft: present(sft) }
  }

  private async logprobOf(id: number, name: string, { read }: Step): Promise<number> {
    const known = read.get(name)
    const at = known?.scores.tokenIds.indexOf(id) ?? -1
    return known && at >= 0 ? logProbabilityAt(known, at) : logProbabilityAt(await this.gatherAt(name, [id]), 0)
  }

  private append(id: number): void {
    this.nextIds = [id]
    this.index++
    this.adjuster?.push(id)
  }
}

/** Whether a strategy merges full rows of several models: then bias and penalties act on what it makes of them. */
const isMerged = ({ readout, others }: Reads): boolean => readout.kind === 'full' && others.length > 0

const firstOf = (row: Row): ModelScores => ({ row, scores: present(row.scores[0]) })
