import { z } from 'zod'
import type { Outcome } from '../batch/http/ask.js'
import { readError } from '../batch/http/read-error.js'
import { readChoice } from '../batch/index.js'
import type { Answer } from './answer.js'

const schema = z.object({
  index: z.int(),
  pool: z.int(),
  sample: z.int(),
  text: z.string().nullable(),
  reasoning: z.string().nullable(),
  finish_reason: z.string().nullable(),
  token_ids: z.array(z.int()).nullable(),
  seed: z.int(),
  error: z.record(z.string(), z.unknown()).nullable(),
})

/** A row of the file of answers. Its text is null if the gateway refused the request. */
export type AnswerRow = z.output<typeof schema>

/** Which answer a row has. */
export type AnswerPlace = Pick<AnswerRow, 'index' | 'pool' | 'sample' | 'seed'>

/** Makes the row of a request. */
export function answerRow({ index, pool, sample, seed }: AnswerPlace, { status, body }: Outcome): AnswerRow {
  const place = { index, pool, sample }
  if (status !== 200) {
    const error = { status, ...readError(JSON.stringify(body)) }
    return { ...place, text: null, reasoning: null, finish_reason: null, token_ids: null, seed, error }
  }
  const { text, reasoning, finishReason, tokenIds } = readChoice(body)
  const ids = tokenIds === null ? null : [...tokenIds]
  return { ...place, text, reasoning, finish_reason: finishReason, token_ids: ids, seed, error: null }
}

/** Reads a row; null if the value is none. */
export const parseAnswerRow = (value: unknown): AnswerRow | null => schema.safeParse(value).data ?? null

/** The answer of a row; null if there is none. */
export function answerOf(row: AnswerRow, score: number | null): Answer | null {
  if (row.text === null) return null
  const { text, reasoning, finish_reason: finishReason, token_ids: tokenIds } = row
  return { text, reasoning, finishReason, tokenIds, score }
}
