import { finishReasonSchema, stopReasonSchema } from './choice-fields.js'
import { decodingReportSchema } from './decoding-report.js'
import { usageSchema } from './usage.js'

/** Fields that the chunks of both endpoints share. */
export const chunkFields = {
  usage: usageSchema
    .nullish()
    .describe(
      'Present with `stream_options.include_usage`: the token usage in an additional last chunk, null in all others. ' +
        'With `continuous_usage_stats`, every chunk has the usage so far.',
    ),
  decoding: decodingReportSchema
    .optional()
    .describe('Present in the first chunk of each answer. Beam searches and choices repeat it in the last chunk.'),
}

/** Fields that the choices of those chunks share. */
export const chunkChoiceFields = {
  finish_reason: finishReasonSchema
    .nullable()
    .describe('Why the generation ended. Null in all but the last chunk of each answer.'),
  stop_reason: stopReasonSchema.optional(),
}
