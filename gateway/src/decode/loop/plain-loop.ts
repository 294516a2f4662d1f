import { Adjuster } from './adjustments.js'
import type { DecodeLoop } from './decode-loop.js'
import { toDetail, topScores } from './describe-token.js'
import { gatherAt, readStep, type StepRead } from './read-step.js'
import { present } from '../assert-present.js'
import type { Sessions } from './model-sessions.js'
import { logProbabilityAt } from '../strategies/advantage.js'
import type { Token } from './token.js'
import type { TokenRequest } from './decode-request.js'

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
    private readonly request: TokenRequest,
  ) {
    const { method, promptIds, adjustments } = request
    this.nextIds = promptIds.slice(present(sessions.get(method.reads([]).lead)).position)
    this.adjuster = adjustments && new Adjuster(adjustments, promptIds)
  }

  /** The next token of the answer: forward, adjust, gather, pick, append. */
  async next(): Promise<readonly Token[]> {
    const excluded = this.index < this.request.minTokens ? this.request.endTokenIds : []
    const step = await readStep(this.sessions, this.nextIds, this.request.method.reads(excluded), {
      index: this.index,
      excluded: new Set(excluded),
      topLogprobs: this.request.topLogprobs,
      adjuster: this.adjuster,
    })
    const id = this.request.method.pick(step.input)
    const token = await this.describe(id, step)
    this.append(id)
    return [token]
  }

  /** What the request wants to know of the token: log p of the DPO model, and detail. */
  private async describe(id: number, step: StepRead): Promise<Token> {
    const { topLogprobs, detail } = this.request
    if (topLogprobs === null && !detail) return { id, logprob: null, top: [], detail: null }
    const [dpo, sft] = await Promise.all([this.logprobOf(id, 'dpo', step), detail && this.logprobOf(id, 'sft', step)])
    const row = present(step.rows.get('dpo'))
    const top = topLogprobs ? topScores(row, row.scores.length - 1, topLogprobs) : []
    const candidates = sft === false ? null : await this.candidatesOf(step)
    return { id, logprob: dpo, top, detail: sft === false ? null : toDetail(dpo, sft, candidates) }
  }

  /** The pair at V_alpha; null where the strategy chooses from no V_alpha. */
  private async candidatesOf({ reads, read, input }: StepRead) {
    if (reads.readout.kind !== 'candidates' || reads.others.length === 0) return null
    const readPair = ['dpo', 'sft'].map(
      (name) => read.get(name) ?? gatherAt(this.sessions, name, input.lead.scores.tokenIds),
    )
    const [dpo, sft] = await Promise.all(readPair)
    return { dpo: present(dpo), sft: present(sft) }
  }

  private async logprobOf(id: number, name: string, { read }: StepRead): Promise<number> {
    const known = read.get(name)
    const at = known?.scores.tokenIds.indexOf(id) ?? -1
    return known && at >= 0
      ? logProbabilityAt(known, at)
      : logProbabilityAt(await gatherAt(this.sessions, name, [id]), 0)
  }

  private append(id: number): void {
    this.nextIds = [id]
    this.index++
    this.adjuster?.push(id)
  }
}
