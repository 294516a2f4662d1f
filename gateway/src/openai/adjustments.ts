import { z } from 'zod'
import type { Adjustments } from '../decode/loop/adjustments.js'
import { invalidRequest } from './api-error.js'
import { requestLimits } from './limits.js'

const maxBiases = requestLimits.logitBiases
const penalty = z.number().min(-2).max(2)
const bias = z.number().min(-100).max(100)

/** Token ids, as JSON's keys, to what is added to their logits. */
const logitBiasSchema = z
  .custom<Readonly<Record<string, unknown>>>(
    (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
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
    if (entries.length > maxBiases) context.addIssue(`has ${entries.length} entries: at most ${maxBiases} are taken`)
    for (const [key, value] of entries.slice(0, maxBiases)) {
      const parsed = bias.safeParse(value)
      if (!/^\d{1,9}$/.test(key)) context.addIssue(`has the key "${key.slice(0, 40)}": keys are token ids`)
      else if (!parsed.success) context.addIssue(`token ${key}: must be a number from -100 to 100`)
      else biases.set(Number(key), parsed.data)
    }
    return biases
  })

const orElse = <T extends z.ZodType>(schema: T, byDefault: z.output<T>) =>
  schema.nullish().transform((value) => value ?? byDefault)

/** OpenAI's fields, and vLLM's `repetition_penalty`. */
export const adjustmentFields = {
  logit_bias: orElse(logitBiasSchema, new Map<number, number>()).meta({
    description: 'What is added to the logits of tokens, by their ids; in nats, -100 to 100.',
    default: {},
  }),
  presence_penalty: orElse(penalty, 0).meta({
    description: 'Taken from the logit of each token that the answer has already; in nats.',
    default: 0,
  }),
  frequency_penalty: orElse(penalty, 0).meta({
    description: 'Taken from the logit of a token for each time that the answer has it already; in nats.',
    default: 0,
  }),
  // Less would make infinities of logits.
  repetition_penalty: orElse(z.number().min(0.01).max(2), 1).meta({
    description: 'Divides positive logits of tokens in the prompt or the answer and multiplies negative ones; 1: none.',
    default: 1,
  }),
}

export interface AdjustmentFields {
  readonly logit_bias: ReadonlyMap<number, number>
  readonly presence_penalty: number
  readonly frequency_penalty: number
  readonly repetition_penalty: number
}

/** Null where they change nothing. @throws ApiError 400 where a bias is for a token that is not there */
export function toAdjustments(fields: AdjustmentFields, vocabularyLimit: number): Adjustments | null {
  const logitBias = fields.logit_bias
  const wrong = [...logitBias.keys()].find((id) => id >= vocabularyLimit)
  if (wrong !== undefined)
    throw invalidRequest(
      `logit_bias is given for the token ${wrong}: token ids of this model are below ${vocabularyLimit}`,
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
