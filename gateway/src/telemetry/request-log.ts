import { promptTokensOf, type RequestSummary } from './request-summary.js'

/** Builds the fields of a request's line in the log: counts and times, no text. */
export function toLogFields(summary: RequestSummary): Record<string, unknown> {
  const { operation, keyName, request, answers, failovers, failure } = summary
  const { arrivedMs, waitingSinceMs, admittedMs, endMs } = summary
  return {
    operation,
    ...(keyName === null ? {} : { key: keyName }),
    ...(request
      ? {
          model: request.head.model,
          strategy: request.head.decoding.strategy,
          stream: request.isStreamed,
          promptTokens: promptTokensOf(summary),
          completionTokens: answers.tokens,
          finishReasons: answers.finishReasons,
        }
      : {}),
    status: failure?.status ?? 200,
    ...(failure ? { code: failure.body.error.code } : {}),
    ...(failovers > 0 ? { failovers } : {}),
    queueMs: between(waitingSinceMs, admittedMs),
    firstTokenMs: between(arrivedMs, answers.firstMs),
    totalMs: between(arrivedMs, endMs),
  }
}

/** Milliseconds with three digits; null if one of the times is not known. */
const between = (from: number | null, to: number | null) =>
  from === null || to === null ? null : Math.round((to - from) * 1000) / 1000
