import { z } from 'zod'
import { decodePaths } from '../../decode/loop/decode-path.js'
import { type Strategy, strategies } from '../../decode/strategies/index.js'
import { samplingNames } from '../../decode/strategies/sampling.js'
import { type Described, namedSchemas } from './named-schemas.js'

const generatedTokens = z
  .int()
  .min(0)
  .describe('The number of tokens generated for all candidates. Present for beam searches and choices.')

/**
 * The report of one strategy. All parameters are optional, because only those in use are reported.
 */
const describe = ({ name, parameters }: Strategy) => {
  const used = Object.entries(parameters.shape).map(([key, schema]) => {
    const given = schema instanceof z.ZodDefault ? schema.unwrap() : schema
    return [key, z.optional(given)] as const
  })
  return z.object({
    strategy: z.literal(name),
    ...Object.fromEntries(used),
    detail: z.boolean(),
    timings: z.boolean().optional().describe('Present if the request asks for `decoding.timings`.'),
    path: z.enum(decodePaths),
    logprobs_of: z
      .string()
      .optional()
      .describe('The model of the log-probabilities. Present if the request names it, or if it is not `dpo`.'),
    ignored: z.array(z.enum(samplingNames)).describe('Fields of the request that had no effect on this answer.'),
    generated_tokens: z.optional(generatedTokens),
  })
}

/** The field `decoding` of an answer. */
export const decodingReportSchema = z
  .union(strategies.map(describe))
  .describe('How the answer was decoded: the strategy and the parameter values that were used.')
  .register(namedSchemas, { id: 'DecodingReport' })

export type DecodingReport = Described<typeof decodingReportSchema>
