import { messageOf } from '@tandem/process'
import { z } from 'zod'
import { readError } from '../../batch/http/read-error.js'
import { type Outcome, type Question, ServiceError } from '../../batch/index.js'
import { messagesSchema, parseFields } from '../../prompts/forms/parse-fields.js'
import type { Prompt, PromptFile } from '../../prompts/index.js'

const sidesSchema = z.looseObject({ chosen: messagesSchema, rejected: messagesSchema })
const rowSchema = z.object({
  index: z.int(),
  chosen: z.number().nullable(),
  rejected: z.number().nullable(),
  error: z.record(z.string(), z.unknown()).nullable(),
})
const score = z.object({ score: z.number().nullable() })
const bodySchema = z.object({ data: z.tuple([score, score]) })

/** The scores of a preference pair. */
export type HeldOutRow = z.output<typeof rowSchema>

/** Reads a row; null if the value is none. */
export const parseHeldOutRow = (value: unknown): HeldOutRow | null => rowSchema.safeParse(value).data ?? null

/** A request for the scores of both sides of a pair. */
export type HeldOutJob = Question & Pick<HeldOutRow, 'index'>

/** The requests for the scores of preference pairs and their rows: one for each pair. */
export class HeldOutJobs {
  constructor(
    private readonly pairs: PromptFile,
    private readonly rewardModel: string,
    /** Prefix of the names of the requests. */
    private readonly name: string,
  ) {}

  /** The number of rows of the whole file. */
  get total(): number {
    return this.pairs.count
  }

  /** Yields the requests without the first `skip`. */
  async *jobs(skip: number): AsyncGenerator<HeldOutJob> {
    for await (const pair of this.pairs.read(skip)) {
      const body = { model: this.rewardModel, conversations: conversationsOf(this.pairs.path, pair) }
      const requestId = `evaluate-${this.name}-held-out-${pair.index}`
      yield { index: pair.index, path: '/v1/score', body, requestId }
    }
  }

  /**
   * The row of a request. A pair that the reward model refuses has no scores.
   * @throws ServiceError if the server does not send two scores
   */
  rowOf = ({ index }: HeldOutJob, { status, body }: Outcome): object => {
    if (status !== 200)
      return { index, chosen: null, rejected: null, error: { status, ...readError(JSON.stringify(body)) } }
    const data = bodySchema.safeParse(body).data?.data
    if (!data) throw new ServiceError('the server did not send two scores: expected the route /v1/score of Tandem')
    return { index, chosen: data[0].score, rejected: data[1].score, error: null }
  }

  /** Whether a value is the row at a position of the file. */
  isRow = (value: unknown, position: number): boolean => parseHeldOutRow(value)?.index === position
}

/** Both sides with their prompt. Only messages are scored. */
function conversationsOf(path: string, { prompt, columns, index }: Prompt): object[][] {
  const place = `${path}, pair ${index + 1}`
  if (typeof prompt === 'string') throw new Error(`${place} is of texts, and a reward model needs conversations`)
  try {
    const { chosen, rejected } = parseFields(sidesSchema, columns)
    return [chosen, rejected].map((side) => [...prompt, ...side])
  } catch (error) {
    throw new Error(`${place}: ${messageOf(error)}`, { cause: error })
  }
}

/** Checks every pair of a file. Errors name the pair. */
export async function assertPairs(pairs: PromptFile): Promise<void> {
  for await (const pair of pairs.read()) conversationsOf(pairs.path, pair)
}
