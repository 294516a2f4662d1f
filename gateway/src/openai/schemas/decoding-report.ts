import { z } from 'zod'
import { decodePaths } from '../../decode/loop/decode-path.js'
import { type Strategy, strategies } from '../../decode/strategies/index.js'
import { samplingNames } from '../../decode/strategies/sampling.js'
import { type Described, namedSchemas } from './named-schemas.js'

/** Of a method that searches or chooses. */
const generatedTokens = z.int().min(0).describe('Tokens of all that was tried, the answers included.')

/** A strategy with those of its parameters that were in use: none has a default any more. */
const describe = ({ name, parameters }: Strategy) => {
  const used = Object.entries(parameters.shape).map(([key, schema]) => {
    const given = schema instanceof z.ZodDefault ? schema.unwrap() : schema
    return [key, z.optional(given)] as const
  })
  return z.object({
    strategy: z.literal(name),
    ...Object.fromEntries(used),
    detail: z.boolean(),
    path: z.enum(decodePaths),
    ignored: z.array(z.enum(samplingNames)).describe('Fields that were given and have no effect here.'),
    generated_tokens: z.optional(generatedTokens),
  })
}

export const decodingReportSchema = z
  .union(strategies.map(describe))
  .describe('How the answer was decoded: the strategy, and the values of its parameters that were used.')
  .register(namedSchemas, { id: 'DecodingReport' })

export type DecodingReport = Described<typeof decodingReportSchema>
