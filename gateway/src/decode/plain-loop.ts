import type { Readout, Row } from '../session/session.js'
import type { DecodeLoop } from './decode-loop.js'
import { toDetail, topScores } from './describe.js'
import { present, type Sessions } from './sessions.js'
import { logProbabilityAt } from './strategies/advantage.js'
import type { ModelScores, PickInput, Reads } from './strategies/strategy.js'
import type { DecodeRequest, Token } from './token.js'

/** What one forward of all models gave, and what the strategy asks of it. */
interface Step {
  readonly reads: Reads
  readonly rows: ReadonlyMap<string, Row>
  readonly input: PickInput
}

/**
 * The decode loop as the paper has it (Algorithm 1): all models run every token, then one is picked. Knows no text.
 * WindowLoop takes fewer forwards to the same tokens.
 */
export class PlainLoop implements DecodeLoop {
  private index = 0
  private nextIds: readonly number[]

  constructor(
    private readonly sessions: Sessions,
    private readonly request: DecodeRequest,
  ) {
    this.nextIds = request.promptIds.slice(present(sessions.get(request.method.reads([]).lead)).position)
  }

  /** The next token of the answer: forward, gather, pick, append. */
  async next(): Promise<readonly Token[]> {
    const excluded = this.index < this.request.minTokens ? this.request.endTokenIds : []
    const reads = this.request.method.reads([...excluded])
    const rows = await this.forward(reads)
    const input = await this.gather(reads, rows, new Set(excluded))
    const id = this.request.method.pick(input)
    const token = await this.describe(id, { reads, rows, input })
    this.nextIds = [id]
    this.index++
    return [token]
  }

  /** All models at once. What the strategy reads in the step itself is the first of a row, the best ids are the last. */
  private async forward({ lead, others, readout }: Reads): Promise<ReadonlyMap<string, Row>> {
    const readers = readout.kind === 'full' ? [lead, ...others] : [lead]
    const { topLogprobs } = this.request
    const run = async (name: string): Promise<readonly [string, Row]> => {
      const session = present(this.sessions.get(name))
      const readouts: Readout[] = readers.includes(name) ? [readout] : []
      if (topLogprobs && name === 'dpo') readouts.push({ kind: 'top-k', k: topLogprobs })
      if (this.nextIds.length === 0) return [name, await session.readout(readouts)]
      return [name, present((await session.step(this.nextIds, 'last', readouts))[0])]
    }
    return new Map(await Promise.all([...this.sessions.keys()].map(run)))
  }

  /** The other models at the leader's ids. */
  private async gather(
    { lead, others, readout }: Reads,
    rows: ReadonlyMap<string, Row>,
    excluded: ReadonlySet<number>,
  ): Promise<PickInput> {
    const read = (name: string): ModelScores => {
      const row = present(rows.get(name))
      return { row, scores: present(row.scores[0]) }
    }
    const { scores } = read(lead)
    const readOther = (name: string) => (readout.kind === 'full' ? read(name) : this.gatherAt(name, scores.tokenIds))
    return { lead: read(lead), others: await Promise.all(others.map(readOther)), index: this.index, excluded }
  }

  private async gatherAt(name: string, ids: Iterable<number>): Promise<ModelScores> {
    const row = await present(this.sessions.get(name)).readout([{ kind: 'gather', rows: [[...ids]] }])
    return { row, scores: present(row.scores[0]) }
  }

  /** What the request wants to know of the token: log p of the DPO model, and detail. */
  private async describe(id: number, step: Step): Promise<Token> {
    const { topLogprobs, detail } = this.request
    if (topLogprobs === null && !detail) return { id, logprob: null, top: [], detail: null }
    const [dpo, sft] = await Promise.all([this.logprobOf(id, 'dpo', step), detail && this.logprobOf(id, 'sft', step)])
    const row = present(step.rows.get('dpo'))
    const top = topLogprobs ? topScores(row, row.scores.length - 1, topLogprobs) : []
    return { id, logprob: dpo, top, detail: sft === false ? null : toDetail(dpo, sft, await this.candidatesOf(step)) }
  }

  /** The pair at V_alpha; null where the strategy chooses from no V_alpha. */
  private async candidatesOf({ reads, input }: Step): Promise<{ dpo: ModelScores; sft: ModelScores } | null> {
    if (reads.readout.kind !== 'candidates' || reads.others.length === 0) return null
    const read = (name: string) => readOf(name, reads, input) ?? this.gatherAt(name, input.lead.scores.tokenIds)
    const [dpo, sft] = await Promise.all([read('dpo'), read('sft')])
    return { dpo, sft }
  }

  private async logprobOf(id: number, name: string, { reads, input }: Step): Promise<number> {
    const read = readOf(name, reads, input)
    const at = read?.scores.tokenIds.indexOf(id) ?? -1
    return read && at >= 0 ? logProbabilityAt(read, at) : logProbabilityAt(await this.gatherAt(name, [id]), 0)
  }
}

/** What the strategy has read of a model, if it has. */
function readOf(name: string, { lead, others }: Reads, input: PickInput): ModelScores | undefined {
  return name === lead ? input.lead : input.others[others.indexOf(name)]
}
