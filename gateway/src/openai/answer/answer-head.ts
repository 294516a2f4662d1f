import type { DecodingReport } from '../schemas/decoding-report.js'
import type { AnswerHead, UsageChunks } from './answer.js'

interface HeadFields {
  readonly model: string
  readonly prompt_logprobs: number | undefined
  readonly return_token_ids: boolean
  readonly stream_options: { readonly include_usage: boolean; readonly continuous_usage_stats: boolean } | undefined
}

/**
 * Creates the fields that all answers and chunks of a request share.
 * @param kind the beginning of the id
 */
export function createHead(
  kind: 'chatcmpl' | 'cmpl',
  fields: HeadFields,
  decoding: DecodingReport,
  requestId: string,
): AnswerHead {
  return {
    id: `${kind}-${requestId}`,
    created: Math.floor(Date.now() / 1000),
    model: fields.model,
    decoding,
    usageChunks: toUsageChunks(fields),
    promptLogprobs: fields.prompt_logprobs ?? null,
    returnsTokenIds: fields.return_token_ids,
    returnsTimings: decoding.timings === true,
  }
}

/** As in vLLM, `continuous_usage_stats` has no effect without `include_usage`. */
function toUsageChunks({ stream_options }: HeadFields): UsageChunks {
  if (!stream_options?.include_usage) return 'none'
  return stream_options.continuous_usage_stats ? 'all' : 'last'
}
