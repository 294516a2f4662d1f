import { maxTimings, type TimelineMessage, type TokenTiming } from '@tandem/process'
import type { Token } from '../decode/loop/token.js'
import { toTokenTiming } from '../openai/answer/timing-format.js'
import { promptTokensOf, type RequestSummary } from './request-summary.js'

/**
 * The times of a request's tokens for `tandem up --trace`; at most as many as a message may have.
 */
export class Timeline {
  private readonly answers = new Map<number, TokenTiming[]>()
  private kept = 0
  private dropped = 0

  /** @param index index of the answer over all prompts */
  add(index: number, tokens: readonly Token[]): void {
    const kept = tokens.slice(0, maxTimings - this.kept)
    this.kept += kept.length
    this.dropped += tokens.length - kept.length
    if (kept.length > 0) this.answers.set(index, [...(this.answers.get(index) ?? []), ...kept.map(toTokenTiming)])
  }

  /** Builds the message of a request that is over. */
  toMessage(summary: RequestSummary, route: string, requestId: string): TimelineMessage {
    const { request, bodyReadMs, waitingSinceMs, admittedMs, failure } = summary
    const toUs = (from: number | null, to: number | null) =>
      from === null || to === null ? 0 : Math.max(0, Math.round((to - from) * 1000))
    return {
      type: 'timeline',
      requestId,
      model: request?.head.model ?? '',
      strategy: request?.head.decoding.strategy ?? '',
      endpoint: route,
      status: failure?.status ?? 200,
      promptTokens: promptTokensOf(summary),
      queueUs: toUs(waitingSinceMs, admittedMs),
      promptUs: toUs(bodyReadMs, waitingSinceMs),
      answers: [...this.answers].sort(([a], [b]) => a - b).map(([, timings]) => timings),
      droppedTimings: this.dropped,
    }
  }
}
