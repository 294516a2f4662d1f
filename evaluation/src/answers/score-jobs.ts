import { z } from 'zod'
import { readError } from '../batch/http/read-error.js'
import { type Outcome, type Question, ServiceError } from '../batch/index.js'
import { messageOf } from './answer.js'
import { type AnswerRow, answerOf, parseAnswerRow } from './answer-row.js'
import { readRows } from './read-rows.js'
import type { Selection } from './select-prompts.js'

const rowSchema = z.object({
  /** The row of the answer in the file of answers, from 0. */
  answer: z.int(),
  score: z.number().nullable(),
  error: z.record(z.string(), z.unknown()).nullable(),
})
const bodySchema = z.object({ data: z.array(z.object({ score: z.number().nullable() })).length(1) })

/** A row of the file of scores. */
export type ScoreRow = z.output<typeof rowSchema>

/** Reads a row; null if the value is none. */
export const parseScoreRow = (value: unknown): ScoreRow | null => rowSchema.safeParse(value).data ?? null

/** A request for the score of an answer. */
export type ScoreJob = Question & Pick<ScoreRow, 'answer'>

/** What the scores are made of. */
export interface ScoreSettings {
  readonly selection: Selection
  /** The complete file of answers. */
  readonly answers: string
  /** Rows of answers to each prompt. */
  readonly perPrompt: number
  readonly rewardModel: string
  /** Prefix of the names of the requests. */
  readonly name: string
  readonly signal: AbortSignal
}

/** The requests for scores and their rows: one for each answer, in their order. */
export class ScoreJobs {
  private constructor(
    private readonly settings: ScoreSettings,
    /** The rows of the file of answers that have an answer. */
    private readonly answered: readonly number[],
  ) {}

  /** Reads which rows have an answer. */
  static async create(settings: ScoreSettings): Promise<ScoreJobs> {
    const answered: number[] = []
    let at = 0
    for await (const row of readRows(settings.answers, parseAnswerRow, settings.signal)) {
      if (row.text !== null) answered.push(at)
      at++
    }
    return new ScoreJobs(settings, answered)
  }

  /** The number of rows of the whole file. */
  get total(): number {
    return this.answered.length
  }

  /** Yields the requests without the first `skip`. */
  async *jobs(skip: number): AsyncGenerator<ScoreJob> {
    const { answers, perPrompt, selection, signal } = this.settings
    const rows = readRows(answers, parseAnswerRow, signal)
    let at = 0
    let left = skip
    try {
      for await (const { prompt } of selection.read())
        for (let i = 0; i < perPrompt; i++) {
          const row = (await rows.next()).value as AnswerRow | undefined
          if (row && row.text !== null && left-- <= 0) yield this.createJob(at, prompt, row)
          at++
        }
    } finally {
      await rows.return(undefined)
    }
  }

  /**
   * The row of a request. An answer that the reward model refuses, e.g. because it is too long, has
   * no score.
   * @throws ServiceError if the server does not send a score
   */
  rowOf = ({ answer }: ScoreJob, { status, body }: Outcome): object => {
    if (status !== 200) return { answer, score: null, error: { status, ...readError(JSON.stringify(body)) } }
    const score = bodySchema.safeParse(body).data?.data[0]?.score
    if (score === undefined) throw new ServiceError('the server sent no score: expected the route /v1/score of Tandem')
    return { answer, score, error: null }
  }

  /** Whether a value is the row at a position of the file. */
  isRow = (value: unknown, position: number): boolean => {
    const row = parseScoreRow(value)
    return row !== null && row.answer === this.answered[position]
  }

  private createJob(at: number, prompt: unknown, row: AnswerRow): ScoreJob {
    const { rewardModel, name } = this.settings
    const answer = answerOf(row, null)
    const messages = [...(prompt as readonly object[]), ...(answer ? [messageOf(answer)] : [])]
    return {
      answer: at,
      path: '/v1/score',
      body: { model: rewardModel, messages },
      requestId: `score-${name}-${at}`,
    }
  }
}
