import type { Job, Outcome } from '../../batch/index.js'
import { assertSettings } from '../../batch/rows/assert-settings.js'
import type { Fields } from '../../prompts/index.js'
import type { JudgeOptions } from '../judge/judge-options.js'
import { judgeRequest } from '../judge/judge-request.js'
import { type JudgePlace, judgeRow, parseJudgeRow } from '../judge/judge-row.js'
import type { Comparison, ShownComparison } from './comparisons.js'

/** A request for a verdict. */
export type JudgeJob = Job & JudgePlace

/** What the judgements are made of. */
export interface JudgeJobSettings {
  readonly judge: JudgeOptions
  readonly parameters: Fields
  /** All comparisons; those of equal answers are not asked for. */
  readonly comparisons: readonly Comparison[]
  /** Yields the comparisons with their texts, in the same order. */
  readonly read: () => AsyncGenerator<ShownComparison>
  /** Prefix of the names of the requests. */
  readonly name: string
}

/** The requests for verdicts and their rows: both orders of each comparison. */
export class JudgeJobs {
  /** Which comparison and order each row has. */
  private readonly places: readonly JudgePlace[]

  constructor(private readonly settings: JudgeJobSettings) {
    this.places = settings.comparisons.flatMap((one) => (one.isEqual ? [] : bothOrders(one)))
  }

  /** The number of rows of the whole file. */
  get total(): number {
    return this.places.length
  }

  /** Yields the requests without the first `skip`. */
  async *jobs(skip: number): AsyncGenerator<JudgeJob> {
    let at = 0
    for await (const comparison of this.settings.read()) {
      if (comparison.isEqual) continue
      for (const job of this.jobsOf(comparison, at)) if (at++ >= skip) yield job
    }
  }

  /**
   * The row of a request. A request that the judge refuses, e.g. because it is too long, has no
   * verdict.
   * @throws ServiceError if all requests would have this error, or the server sends no answer
   */
  rowOf = (job: JudgeJob, outcome: Outcome): object => {
    assertSettings(outcome, this.settings.parameters)
    return judgeRow(job, outcome)
  }

  /** Whether a value is the row at a position of the file. */
  isRow = (value: unknown, position: number): boolean => {
    const [row, place] = [parseJudgeRow(value), this.places[position]]
    return row !== null && row.index === place?.index && row.first === place.first && row.second === place.second
  }

  private jobsOf(comparison: ShownComparison, at: number): JudgeJob[] {
    const { judge, parameters, name } = this.settings
    const { prompt, texts } = comparison
    return bothOrders(comparison).map((place, order) => {
      const [answerA, answerB] = order === 0 ? texts : ([texts[1], texts[0]] as const)
      const requestId = `evaluate-${name}-judge-${at + order}`
      return { ...place, ...judgeRequest(judge, parameters, { prompt, answerA, answerB }, requestId) }
    })
  }
}

const bothOrders = ({ index, first, second }: Comparison): JudgePlace[] => [
  { index, first, second },
  { index, first: second, second: first },
]
