import { requestBody } from '../batch/batch-request.js'
import type { Outcome } from '../batch/http/ask.js'
import { type Question, rowSeed } from '../batch/index.js'
import { assertSettings } from '../batch/rows/assert-settings.js'
import { type Fields, type Prompt, pathOf } from '../prompts/index.js'
import { type AnswerPlace, answerRow, parseAnswerRow } from './answer-row.js'
import type { Pool } from './pool.js'
import type { Selection } from './select-prompts.js'
import { templateColumns } from './template-columns.js'

/** A request for an answer. */
export type AnswerJob = Question & AnswerPlace

/** What the answers are made of. */
export interface AnswerSettings {
  readonly selection: Selection
  readonly pools: readonly Pool[]
  /** The model of the requests, unless `body` names one. */
  readonly model: string
  /** Fields of every request. */
  readonly body: Fields
  readonly seed: number
  /** Prefix of the names of the requests. */
  readonly name: string
}

/** The requests for answers and their rows: for each prompt in order, each pool, each sample. */
export class AnswerJobs {
  /** The pool and the sample of each row of a prompt. */
  private readonly slots: readonly { readonly pool: number; readonly sample: number }[]

  constructor(private readonly settings: AnswerSettings) {
    this.slots = settings.pools.flatMap(({ samples }, pool) =>
      Array.from({ length: samples }, (_, sample) => ({ pool, sample })),
    )
  }

  /** The number of rows of each prompt. */
  get perPrompt(): number {
    return this.slots.length
  }

  /** The number of rows of the whole file. */
  get total(): number {
    return this.settings.selection.count * this.perPrompt
  }

  /** Yields the requests without the first `skip`. */
  async *jobs(skip: number): AsyncGenerator<AnswerJob> {
    let first = skip % this.perPrompt
    for await (const prompt of this.settings.selection.read(Math.floor(skip / this.perPrompt))) {
      for (const slot of this.slots.slice(first)) yield this.createJob(prompt, slot.pool, slot.sample)
      first = 0
    }
  }

  /**
   * The row of a request.
   * @throws ServiceError if all requests would have this error
   */
  rowOf = (job: AnswerJob, outcome: Outcome): object => {
    assertSettings(outcome, this.commonFields(job.pool))
    return answerRow(job, outcome)
  }

  /** Whether a value is the row at a position of the file. */
  isRow = (value: unknown, position: number): boolean => {
    if (position >= this.total) return false
    const row = parseAnswerRow(value)
    const slot = this.slots[position % this.perPrompt]
    const index = this.settings.selection.indexAt(Math.floor(position / this.perPrompt))
    return row !== null && row.index === index && row.pool === slot?.pool && row.sample === slot?.sample
  }

  /** The fields that all requests of a pool have. */
  private commonFields(pool: number): Fields {
    const { body, pools } = this.settings
    return { ...body, return_token_ids: true, decoding: pools[pool]?.decoding }
  }

  private createJob(prompt: Prompt, pool: number, sample: number): AnswerJob {
    const { model, seed: runSeed, name } = this.settings
    const { index } = prompt
    const seed = rowSeed(runSeed, index, pool, sample)
    // Other fields of a row, such as its own strategy, are not those of this pool.
    const asked = { ...prompt, body: templateColumns(prompt.body) }
    const body = this.commonFields(pool)
    return {
      ...{ index, pool, sample, seed },
      path: pathOf(prompt.prompt),
      body: requestBody(asked, seed, { model, body, seed: runSeed, samples: 1 }),
      requestId: `answer-${name}-${index}-${pool}-${sample}`,
    }
  }
}
