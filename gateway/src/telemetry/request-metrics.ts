import type { Attributes, Histogram } from '@opentelemetry/api'
import { attributeNames as names } from '@tandem/telemetry'
import type { ApiError } from '../openai/api-error.js'
import { type GatewayMetrics, withKey } from './gateway-metrics.js'
import { providerName } from './request-attributes.js'
import { errorTypeOf } from './request-span.js'
import { answerCountOf, promptTokensOf, type RequestSummary } from './request-summary.js'

/** The status in the log of a request whose client has disconnected. */
const clientClosedStatus = 499

/** Records the metrics of a request that is over. */
export function recordRequest(metrics: GatewayMetrics, summary: RequestSummary): void {
  const { model } = metrics
  const { arrivedMs, waitingSinceMs, admittedMs, endMs, answers, failure } = summary
  const record = (histogram: Histogram, from: number | null, to: number | null, attributes: Attributes = model) => {
    if (from !== null && to !== null) histogram.record(Math.max(0, to - from) / 1000, attributes)
  }
  record(metrics.requestLatency, arrivedMs, endMs)
  record(metrics.queueTime, waitingSinceMs, admittedMs)
  record(metrics.timeToFirstToken, arrivedMs, answers.firstMs)
  record(metrics.prefillTime, admittedMs, answers.firstMs)
  record(metrics.decodeTime, answers.firstMs, answers.lastMs)
  record(metrics.inferenceTime, admittedMs, answers.lastMs)
  recordCounts(metrics, summary)
  const genAi = toGenAiAttributes(summary)
  record(
    metrics.serverDuration,
    arrivedMs,
    endMs,
    failure ? { ...genAi, [names.errorType]: errorTypeOf(failure) } : genAi,
  )
  if (failure) return
  record(metrics.serverTimeToFirstToken, arrivedMs, answers.firstMs, genAi)
  for (const { tokens, firstMs, lastMs } of answers.all)
    if (tokens > 1 && firstMs !== null && lastMs !== null)
      metrics.serverTimePerToken.record((lastMs - firstMs) / 1000 / (tokens - 1), genAi)
}

function recordCounts(metrics: GatewayMetrics, summary: RequestSummary): void {
  const { model } = metrics
  const { request, answers, failure } = summary
  const owner = withKey(metrics, summary.keyName)
  for (const reason of answers.finishReasons) metrics.requestSuccess.add(1, { ...owner, finished_reason: reason })
  if (failure) recordFailure(metrics, summary, failure)
  if (!request) return
  const [first] = request.prompts
  metrics.promptTokens.add(promptTokensOf(summary), owner)
  metrics.requestPromptTokens.record(promptTokensOf(summary), model)
  metrics.requestGenerationTokens.record(answers.tokens, model)
  metrics.requestAnswers.record(first?.request.answerCount ?? 1, model)
  metrics.requestMaxTokens.record(first?.request.maxTokens ?? 0, model)
}

/** An answer whose client has disconnected is aborted; any other failure is an error. */
function recordFailure(metrics: GatewayMetrics, summary: RequestSummary, failure: ApiError): void {
  if (failure.status !== clientClosedStatus) {
    countError(metrics, failure, summary.keyName)
    return
  }
  const aborted = answerCountOf(summary) - summary.answers.finishReasons.length
  metrics.requestSuccess.add(aborted, { ...withKey(metrics, summary.keyName), finished_reason: 'abort' })
}

/** Counts an error of any route by its status and code. */
export function countError(metrics: GatewayMetrics, { status, body }: ApiError, keyName: string | null): void {
  const owner = withKey(metrics, keyName)
  metrics.requestErrors.add(1, { ...owner, status: String(status), code: body.error.code ?? '' })
}

const toGenAiAttributes = ({ operation, request }: RequestSummary): Attributes => ({
  [names.operation]: operation,
  [names.provider]: providerName,
  // A request without a known model has none: a client's text would be unbounded.
  ...(request ? { [names.requestModel]: request.head.model, [names.responseModel]: request.head.model } : {}),
})
