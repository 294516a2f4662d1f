import { assertPresent } from '../assert-present.js'
import { logProbabilityAt } from '../strategies/advantage.js'
import { Adjuster } from './adjustments.js'
import type { LoopStep, TokenLoop } from './decode-loop.js'
import type { TokenRequest } from './decode-request.js'
import { toDetail, topScores } from './describe-token.js'
import type { ModelSessions } from './model-sessions.js'
import { gatherAt, readStep, type StepRead } from './read-step.js'
import type { PickedToken } from './token.js'
import { describeChoice } from './token-choice.js'

/**
 * The decode loop of the paper (Algorithm 1): all models run each token, then the strategy picks
 * one. SpeculativeLoop gives the same tokens with fewer forwards.
 */
export class PlainLoop implements TokenLoop {
  private index = 0
  private nextIds: readonly number[]
  private readonly adjuster: Adjuster | null

  constructor(
    private readonly sessions: ModelSessions,
    private readonly request: TokenRequest,
  ) {
    const { strategy, promptIds, adjustments } = request
    this.nextIds = promptIds.slice(assertPresent(sessions.get(strategy.reads([]).lead)).position)
    this.adjuster = adjustments && new Adjuster(adjustments, promptIds)
  }

  /** Returns the next token of the answer: forward, adjust, gather, pick, append. */
  async next(): Promise<LoopStep> {
    const excluded = this.index < this.request.minTokens ? this.request.endTokenIds : []
    const step = await readStep(this.sessions, this.nextIds, this.request.strategy.reads(excluded), {
      index: this.index,
      excluded: new Set(excluded),
      top: { model: this.request.logprobsOf, count: this.request.topLogprobs },
      adjuster: this.adjuster,
    })
    const id = this.request.strategy.pick(step.input)
    const token = await this.describe(id, step)
    this.append(id)
    return { tokens: [token], drafted: 0, accepted: 0 }
  }

  /**
   * Adds what the request reports with each token: log-probabilities of one model, and details.
   */
  private async describe(id: number, step: StepRead): Promise<PickedToken> {
    const compared = this.request.detail ? await this.compare(id, step) : null
    const known = { ...(compared && { dpo: compared.dpo, sft: compared.sft }) }
    const scored = await this.score(id, step, known)
    const choice = describeChoice(id, step, known)
    return { id, ...scored, choice, detail: compared && toDetail(compared.dpo, compared.sft, compared.candidates) }
  }

  /** Reads both models of the pair at one token, and over its candidates. */
  private async compare(id: number, step: StepRead) {
    const [dpo, sft] = await Promise.all([this.logprobOf(id, 'dpo', step), this.logprobOf(id, 'sft', step)])
    return { dpo, sft, candidates: await this.candidatesOf(step) }
  }

  /**
   * Reads the log-probabilities to report.
   * @param known log-probabilities of the id by model; the one that is read is added
   */
  private async score(id: number, step: StepRead, known: Record<string, number>) {
    const { topLogprobs, logprobsOf } = this.request
    if (topLogprobs === null) return { logprob: null, top: [] }
    const logprob = known[logprobsOf] ?? (await this.logprobOf(id, logprobsOf, step))
    known[logprobsOf] = logprob
    const row = assertPresent(step.rows.get(logprobsOf))
    return { logprob, top: topLogprobs > 0 ? topScores(row, row.scores.length - 1, topLogprobs) : [] }
  }

  /** Reads both models of the pair over V_alpha; null if the strategy has no V_alpha. */
  private async candidatesOf({ reads, unadjusted, input }: StepRead) {
    if (reads.readout.kind !== 'candidates' || reads.others.length === 0) return null
    const readPair = ['dpo', 'sft'].map(
      (name) => unadjusted.get(name) ?? gatherAt(this.sessions, name, input.lead.scores.tokenIds),
    )
    const [dpo, sft] = await Promise.all(readPair)
    return { dpo: assertPresent(dpo), sft: assertPresent(sft) }
  }

  private async logprobOf(id: number, name: string, { unadjusted }: StepRead): Promise<number> {
    const known = unadjusted.get(name)
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
