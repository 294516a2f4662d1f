import { finishReasonSchema, stopReasonSchema } from './choice-fields.js'
import { decodingReportSchema } from './decoding-report.js'
import { usageSchema } from './usage.js'

/** What chunks of both endpoints have. */
export const chunkFields = {
  usage: usageSchema
    .nullish()
    .describe(
      'With `stream_options.include_usage`: null, and the counts in a last chunk; with `continuous_usage_stats` too, the counts so far.',
    ),
  decoding: decodingReportSchema
    .optional()
    .describe('In the first chunk of each answer; of a method that searches or chooses, in the last one again.'),
}

/** And their choices. */
export const chunkChoiceFields = {
  finish_reason: finishReasonSchema.nullable().describe('In the last chunk of each answer; null before.'),
  stop_reason: stopReasonSchema.optional(),
}
