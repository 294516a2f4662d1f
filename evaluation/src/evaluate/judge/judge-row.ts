import { z } from 'zod'
import { readError } from '../../batch/http/read-error.js'
import { type Outcome, readChoice } from '../../batch/index.js'
import { parseVerdict } from './verdict/parse-verdict.js'

const schema = z.object({
  /** The index of the prompt in its file. */
  index: z.int(),
  /** The strategy whose answer stood in the first place, and the other one. */
  first: z.string(),
  second: z.string(),
  /** Which place is better; null if the text is no verdict. */
  verdict: z.enum(['first', 'second', 'tie']).nullable(),
  /** What the judge wrote; null if the request failed. */
  text: z.string().nullable(),
  error: z.record(z.string(), z.unknown()).nullable(),
})

/** A row of the file of judgements: one order of the answers of two strategies. */
export type JudgeRow = z.output<typeof schema>

/** Which comparison and order a row has. */
export type JudgePlace = Pick<JudgeRow, 'index' | 'first' | 'second'>

/** Reads a row; null if the value is none. */
export const parseJudgeRow = (value: unknown): JudgeRow | null => schema.safeParse(value).data ?? null

/**
 * Makes the row of a request.
 * @throws ServiceError if the server does not send an answer
 */
export function judgeRow({ index, first, second }: JudgePlace, { status, body }: Outcome): JudgeRow {
  const place = { index, first, second }
  if (status !== 200)
    return { ...place, verdict: null, text: null, error: { status, ...readError(JSON.stringify(body)) } }
  const { text } = readChoice(body)
  return { ...place, verdict: parseVerdict(text), text, error: null }
}
