import type { Readout, Row, Scores, Session } from '../session/session.js'
import type { Method, ModelRole, PickInput } from './strategies/strategy.js'
import type { DecodeRequest, PromptToken, Token, TokenDetail, TokenScore } from './token.js'

/** The sessions of a request; the other model's is null where nothing asks for it. */
export type Sessions = Readonly<Record<ModelRole, Session | null>>

/** Which models a request needs: the one its strategy reads, the DPO model for log-probabilities, both for detail. */
export function modelsOf(request: Pick<DecodeRequest, 'method' | 'topLogprobs' | 'detail'>): ReadonlySet<ModelRole> {
  const { lead, gathersOther } = request.method.reads([])
  if (gathersOther || request.detail) return new Set(['dpo', 'sft'])
  return new Set(request.topLogprobs === null ? [lead] : [lead, 'dpo'])
}

const maxListedCandidates = 256

/** A request under way: the loop asks it for one token after another. Knows no text. */
export class DecodeLoop {
  private index = 0
  private nextIds: readonly number[]

  constructor(
    private readonly sessions: Sessions,
    private readonly request: DecodeRequest,
  ) {
    this.nextIds = request.promptIds
  }

  /** Sends the prompt ahead and reads the DPO model's log-probabilities of its tokens; null for the first. */
  async readPrompt(topCount: number): Promise<PromptToken[]> {
    const ids = this.request.promptIds
    const forward = (role: ModelRole) => {
      if (role === 'sft') return this.sessions.sft?.step(ids, 'last', []) ?? []
      const readouts: Readout[] = [{ kind: 'gather', rows: ids.map((_, i) => ids.slice(i + 1, i + 2)) }]
      if (topCount > 0) readouts.push({ kind: 'top-k', k: topCount })
      return this.sessions.dpo?.step(ids, 'all', readouts) ?? []
    }
    const [rows] = await Promise.all([forward('dpo'), forward('sft')])
    this.nextIds = []
    return ids.map((id, i) => {
      const row = i === 0 ? undefined : rows[i - 1]
      return { id, logprob: row ? scoreAt(row, 0, 0).logprob : null, top: row ? topScores(row, 1, topCount) : null }
    })
  }

  /** The next token of the answer: forward, gather, pick, append. */
  async next(): Promise<Token> {
    const excluded = this.index < this.request.minTokens ? this.request.endTokenIds : []
    const reads = this.request.method.reads([...excluded])
    const rows = await this.forward(reads.lead, reads.readout)
    const input = await this.gather(reads, rows, new Set(excluded))
    const id = this.request.method.pick(input)
    const token = await this.describe(id, rows, input, reads.lead)
    this.nextIds = [id]
    this.index++
    return token
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

const otherOf = (role: ModelRole): ModelRole => (role === 'dpo' ? 'sft' : 'dpo')

function scoreAt(row: Row, readout: number, at: number): TokenScore {
  const scores = row.scores[readout]
  return { id: scores?.tokenIds[at] ?? -1, logprob: (scores?.logits[at] ?? Number.NaN) - row.logSumExp }
}

function topScores(row: Row, readout: number, count: number): TokenScore[] {
  const length = Math.min(count, row.scores[readout]?.tokenIds.length ?? 0)
  return Array.from({ length }, (_, at) => scoreAt(row, readout, at))
}

/** Candidates are listed where both models were read at them (V_alpha), by advantage, ties by lowest id. */
function toDetail(dpo: number, sft: number, { lead, other }: PickInput): TokenDetail {
  const chosen = { dpoLogprob: dpo, sftLogprob: sft, advantage: dpo - sft }
  if (!other) return { ...chosen, candidateCount: null, candidates: [] }
  const candidates = Array.from(lead.scores.tokenIds, (id, i) => {
    const dpoLogprob = (lead.scores.logits[i] ?? Number.NaN) - lead.row.logSumExp
    const sftLogprob = (other.scores.logits[i] ?? Number.NaN) - other.row.logSumExp
    return { id, dpoLogprob, sftLogprob, advantage: dpoLogprob - sftLogprob }
  }).sort((a, b) => b.advantage - a.advantage || a.id - b.id)
  return { ...chosen, candidateCount: candidates.length, candidates: candidates.slice(0, maxListedCandidates) }
}

function present<T>(value: T | null | undefined): T {
  if (value === null || value === undefined) throw new TypeError('a model that was not asked for is needed')
  return value
}
