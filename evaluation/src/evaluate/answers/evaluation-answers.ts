import { z } from 'zod'
import { type AnswerJob, AnswerJobs, type AnswerSettings } from '../../answers/answer-jobs.js'
import { type AnswerRow, parseAnswerRow } from '../../answers/answer-row.js'
import { type Outcome, readUsage, ServiceError } from '../../batch/index.js'

const lengthSchema = z.object({ tokens: z.int().min(0).nullable() })

/** A row of the file of answers: an answer, and its length. */
export interface EvaluationRow extends AnswerRow {
  /** Tokens of the answer; null if the gateway refused the request. */
  readonly tokens: number | null
}

/** Reads a row; null if the value is none. */
export function parseEvaluationRow(value: unknown): EvaluationRow | null {
  const [row, length] = [parseAnswerRow(value), lengthSchema.safeParse(value).data]
  return row && length ? { ...row, ...length } : null
}

/** The requests for answers and their rows: for each prompt in order, each pool, each sample. */
export class EvaluationAnswers {
  private readonly answers: AnswerJobs

  constructor(private readonly settings: AnswerSettings) {
    this.answers = new AnswerJobs(settings)
  }

  /** The number of rows of each prompt. */
  get perPrompt(): number {
    return this.answers.perPrompt
  }

  /** The number of rows of the whole file. */
  get total(): number {
    return this.answers.total
  }

  /** Yields the requests without the first `skip`. */
  async *jobs(skip: number): AsyncGenerator<AnswerJob> {
    for await (const job of this.answers.jobs(skip)) {
      const { index, pool, sample } = job
      yield { ...job, requestId: `evaluate-${this.settings.name}-${index}-${pool}-${sample}` }
    }
  }

  /**
   * The row of a request.
   * @throws ServiceError if all requests would have this error, or the server counts no tokens
   */
  rowOf = (job: AnswerJob, outcome: Outcome): object => {
    const row = this.answers.rowOf(job, outcome)
    if (outcome.status !== 200) return { ...row, tokens: null }
    const tokens = readUsage(outcome.body)?.completion_tokens
    if (tokens === undefined)
      throw new ServiceError('the server sent an answer without usage: expected its number of tokens')
    return { ...row, tokens }
  }

  /** Whether a value is the row at a position of the file. */
  isRow = (value: unknown, position: number): boolean =>
    parseEvaluationRow(value) !== null && this.answers.isRow(value, position)
}
