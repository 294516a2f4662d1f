import type { Attributes } from '@opentelemetry/api'
import type { Token, TokenTiming } from '../decode/loop/token.js'
import { type GatewayMetrics, withKey } from './gateway-metrics.js'

const usPerSecond = 1e6
const msPerSecond = 1e3

/** Records the metrics of the tokens of one request. */
export class TokenMetrics {
  /** End of the last token, by answer, in milliseconds of this process's clock. */
  private readonly lastEndMs = new Map<number, number>()
  private readonly owner: Attributes
  private readonly choice: { readonly model_name: string; readonly strategy: string }

  constructor(
    private readonly metrics: GatewayMetrics,
    strategy: string,
    keyName: string | null,
  ) {
    this.owner = withKey(metrics, keyName)
    this.choice = { ...metrics.model, strategy }
  }

  /** Records tokens of one answer, in their order. */
  record(answer: number, tokens: readonly Token[]): void {
    const { metrics, choice } = this
    if (tokens.length > 0) metrics.generationTokens.add(tokens.length, this.owner)
    for (const token of tokens) {
      const { candidateCount, advantage } = token.choice
      if (candidateCount !== null) metrics.tokenCandidates.record(candidateCount, choice)
      if (advantage !== null && Number.isFinite(advantage)) metrics.tokenAdvantage.record(advantage, choice)
      this.recordTime(answer, token)
    }
  }

  private recordTime(answer: number, { timing, choice }: Token): void {
    const { metrics } = this
    const last = this.lastEndMs.get(answer)
    if (last !== undefined)
      metrics.interTokenLatency.record(Math.max(0, timing.endMs - last) / msPerSecond, metrics.model)
    this.lastEndMs.set(answer, timing.endMs)
    if (choice.isDraft) return
    countStep(metrics, timing)
    // The first step reads the prompt: its time is that of the prefill.
    if (last !== undefined) recordTimes(metrics, timing)
  }
}

/** Counts a step, its replays and its drafts. */
function countStep(metrics: GatewayMetrics, timing: TokenTiming): void {
  const { model } = metrics
  const { sftUs, replayedModels, drafted, accepted } = timing
  metrics.steps.add(1, { ...model, sft: sftUs === null ? 'skipped' : 'run' })
  for (const name of replayedModels) metrics.replays.add(1, { ...model, model: name })
  if (drafted > 0) metrics.draftTokens.add(drafted, model)
  if (accepted > 0) metrics.acceptedDraftTokens.add(accepted, model)
}

/** Records the time of a step and of its parts. */
function recordTimes({ model, stepTime, modelSkew }: GatewayMetrics, timing: TokenTiming): void {
  const { stepUs, dpoUs, sftUs, otherUs, overlapUs, queueUs, wireUs, mergeUs } = timing
  const parts = {
    total: stepUs,
    dpo: dpoUs,
    sft: sftUs,
    // Without additional models, there is no series for them.
    other: otherUs || null,
    overlap: overlapUs,
    queue: queueUs,
    wire: wireUs,
    merge: mergeUs,
  }
  for (const [part, us] of Object.entries(parts)) if (us !== null) stepTime.record(us / usPerSecond, { ...model, part })
  if (dpoUs === null || sftUs === null) return
  const slower = dpoUs > sftUs ? 'dpo' : 'sft'
  modelSkew.record(Math.abs(dpoUs - sftUs) / usPerSecond, { ...model, slower })
}
