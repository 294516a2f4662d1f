import type { Readout, Row, Scores } from '../session/session.js'
import type { DecodeLoop } from './decode-loop.js'
import { scoreAt, toDetail, topScores } from './describe.js'
import { otherOf, present, type Sessions } from './sessions.js'
import type { Method, ModelRole, PickInput } from './strategies/strategy.js'
import type { DecodeRequest, Token } from './token.js'

/**
 * The decode loop as the paper has it (Algorithm 1): both models run every token, then one is picked. Knows no text.
 * WindowLoop takes fewer forwards to the same tokens.
 */
export class PlainLoop implements DecodeLoop {
  private index = 0
  private nextIds: readonly number[]

  constructor(
    private readonly sessions: Sessions,
    private readonly request: DecodeRequest,
  ) {
    this.nextIds = request.promptIds.slice(sessions[request.method.reads([]).lead]?.position)
  }

  /** The next token of the answer: forward, gather, pick, append. */
  async next(): Promise<readonly Token[]> {
    const excluded = this.index < this.request.minTokens ? this.request.endTokenIds : []
    const reads = this.request.method.reads([...excluded])
    const rows = await this.forward(reads.lead, reads.readout)
    const input = await this.gather(reads, rows, new Set(excluded))
    const id = this.request.method.pick(input)
    const token = await this.describe(id, rows, input, reads.lead)
    this.nextIds = [id]
    this.index++
    return [token]
  }

  /** Both models at once; the leader's readout is the first of its row. */
  private async forward(lead: ModelRole, readout: Readout): Promise<Record<ModelRole, Row | null>> {
    const top: Readout[] = this.request.topLogprobs ? [{ kind: 'top-k', k: this.request.topLogprobs }] : []
    const run = async (role: ModelRole): Promise<Row | null> => {
      const session = this.sessions[role]
      if (!session) return null
      const readouts = [...(role === lead ? [readout] : []), ...(role === 'dpo' ? top : [])]
      if (this.nextIds.length === 0) return session.readout(readouts)
      return (await session.step(this.nextIds, 'last', readouts))[0] ?? null
    }
    const [dpo, sft] = await Promise.all([run('dpo'), run('sft')])
    return { dpo, sft }
  }

  /** The other model at the leader's ids, where the strategy asks for it. */
  private async gather(
    { lead, gathersOther }: ReturnType<Method['reads']>,
    rows: Readonly<Record<ModelRole, Row | null>>,
    excluded: ReadonlySet<number>,
  ): Promise<PickInput> {
    const row = present(rows[lead])
    const scores = present(row.scores[0])
    const other = gathersOther ? await this.gatherAt(otherOf(lead), scores.tokenIds) : null
    return { lead: { row, scores }, other, index: this.index, excluded }
  }

  private async gatherAt(role: ModelRole, ids: Iterable<number>): Promise<{ row: Row; scores: Scores }> {
    const row = await present(this.sessions[role]).readout([{ kind: 'gather', rows: [[...ids]] }])
    return { row, scores: present(row.scores[0]) }
  }

  /** What the request wants to know of the token: log p of the DPO model, and detail. */
  private async describe(
    id: number,
    rows: Readonly<Record<ModelRole, Row | null>>,
    input: PickInput,
    lead: ModelRole,
  ): Promise<Token> {
    const { topLogprobs, detail } = this.request
    if (topLogprobs === null && !detail) return { id, logprob: null, top: [], detail: null }
    const [dpo, sft] = await Promise.all([
      this.logprobOf(id, 'dpo', input, lead),
      detail ? this.logprobOf(id, 'sft', input, lead) : null,
    ])
    const dpoRow = present(rows.dpo)
    const top = topLogprobs ? topScores(dpoRow, lead === 'dpo' ? 1 : 0, topLogprobs) : []
    return { id, logprob: dpo, top, detail: sft === null ? null : toDetail(dpo, sft, input) }
  }

  private async logprobOf(id: number, role: ModelRole, input: PickInput, lead: ModelRole): Promise<number> {
    const read = role === lead ? input.lead : input.other
    const at = read?.scores.tokenIds.indexOf(id) ?? -1
    if (read && at >= 0) return (read.scores.logits[at] ?? Number.NaN) - read.row.logSumExp
    const { row } = await this.gatherAt(role, [id])
    return scoreAt(row, 0, 0).logprob
  }
}
