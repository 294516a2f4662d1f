import { z } from 'zod'
import type { Adjustments } from '../../decode/loop/adjustments.js'
import { invalidRequest } from '../api-error.js'
import { isObject } from '../json/parse-body.js'
import { showSent } from '../json/written-numbers.js'
import { requestLimits } from './request-limits.js'

const maxBiases = requestLimits.logitBiases
const penalty = z.number().min(-2).max(2)
const bias = z.number().min(-100).max(100)

/** Maps token ids, as JSON keys, to the bias that is added to their logits. */
const logitBiasSchema = z
  .custom<Readonly<Record<string, unknown>>>(
    isObject,
    'must be an object of token ids and biases, such as {"42": -100}',
  )
  .meta({
    type: 'object',
    maxProperties: maxBiases,
    propertyNames: { pattern: '^\\d{1,9}$' },
    additionalProperties: { type: 'number', minimum: -100, maximum: 100 },
  })
  .transform((given, context) => {
    const entries = Object.entries(given)
    const biases = new Map<number, number>()
    if (entries.length > maxBiases) context.addIssue(`has ${entries.length} entries: expected at most ${maxBiases}`)
    for (const [key, value] of entries.slice(0, maxBiases)) {
      const parsed = bias.safeParse(value)
      if (!/^\d{1,9}$/.test(key)) context.addIssue(`has the key "${key.slice(0, 40)}": expected a token id`)
      else if (!parsed.success)
        context.addIssue(
          `has the bias ${showSent(value, given, [key])} for token ${key}: expected a number from -100 to 100`,
        )
      else biases.set(Number(key), parsed.data)
    }
    return biases
  })

const orElse = <T extends z.ZodType>(schema: T, byDefault: z.output<T>) =>
  schema.nullish().transform((value) => value ?? byDefault)

/** Fields that change logits: OpenAI's, and vLLM's `repetition_penalty`. */
export const adjustmentFields = {
  logit_bias: orElse(logitBiasSchema, new Map<number, number>()).meta({
    description: 'Maps token ids to a bias from -100 to 100, in nats, which is added to the logit of the token.',
    default: {},
  }),
  presence_penalty: orElse(penalty, 0).meta({
    description: 'Subtracted once, in nats, from the logit of every token that the answer already contains.',
    default: 0,
  }),
  frequency_penalty: orElse(penalty, 0).meta({
    description:
      'Subtracted, in nats, from the logit of a token once for each time that the answer already contains it.',
    default: 0,
  }),
  // A smaller value would turn logits into infinities.
  repetition_penalty: orElse(z.number().min(0.01).max(2), 1).meta({
    description:
      'Penalizes tokens that the prompt or the answer already contains: ' +
      'divides a positive logit by the penalty, multiplies a negative logit by it. 1 disables it.',
    default: 1,
  }),
}

/** The parsed fields that change logits. */
export interface AdjustmentFields {
  readonly logit_bias: ReadonlyMap<number, number>
  readonly presence_penalty: number
  readonly frequency_penalty: number
  readonly repetition_penalty: number
}

/**
 * Converts the fields to adjustments of logits; null if they change nothing.
 * @throws ApiError 400 if a bias names a token id outside the vocabulary
 */
export function toAdjustments(fields: AdjustmentFields, vocabularyLimit: number): Adjustments | null {
  const logitBias = fields.logit_bias
  const wrong = [...logitBias.keys()].find((id) => id >= vocabularyLimit)
  if (wrong !== undefined)
    throw invalidRequest(
      `logit_bias names the token id ${wrong}: token ids of this model are below ${vocabularyLimit}`,
      'logit_bias',
    )
  const { presence_penalty, frequency_penalty, repetition_penalty } = fields
  if (logitBias.size === 0 && presence_penalty === 0 && frequency_penalty === 0 && repetition_penalty === 1) return null
  return {
    logitBias,
    presencePenalty: presence_penalty,
    frequencyPenalty: frequency_penalty,
    repetitionPenalty: repetition_penalty,
  }
}
