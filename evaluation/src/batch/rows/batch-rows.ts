import { type Prompt, type PromptFile, pathOf } from '../../prompts/index.js'
import { type RequestSettings, requestBody, seedOf } from '../batch-request.js'
import type { Outcome } from '../http/ask.js'
import { type Shard, shardRange } from '../shard.js'
import { answerRow } from './answer-row.js'
import { assertSettings } from './assert-settings.js'
import type { BatchJob } from './batch-job.js'
import { openAiRow } from './openai-row.js'

/** What the rows of a batch are made of. */
export interface BatchRowsOptions extends RequestSettings {
  readonly prompts: PromptFile
  readonly shard: Shard | null
}

/** The jobs of a batch and their rows: for each prompt in order, a row for each sample. */
export class BatchRows {
  private readonly start: number
  private readonly end: number

  /** @param runId the name of the batch, with which the names of its requests begin */
  constructor(
    private readonly options: BatchRowsOptions,
    private readonly runId: string,
  ) {
    const { prompts, shard } = options
    ;[this.start, this.end] = shard ? shardRange(prompts.count, shard) : [0, prompts.count]
  }

  /** The number of rows of the whole file. */
  get total(): number {
    return (this.end - this.start) * this.options.samples
  }

  /** Yields the jobs without the first `skip`. */
  async *jobs(skip: number): AsyncGenerator<BatchJob> {
    const { prompts, samples } = this.options
    const first = this.start + Math.floor(skip / samples)
    for await (const prompt of prompts.read(first, this.end))
      for (let sample = prompt.index === first ? skip % samples : 0; sample < samples; sample++)
        yield this.createJob(prompt, sample)
  }

  /**
   * The row of a job: OpenAI's form for prompts in OpenAI's form.
   * @throws ServiceError if all rows would have this error
   */
  rowOf = (job: BatchJob, outcome: Outcome): object => {
    assertSettings(outcome, this.options.body)
    return this.options.prompts.form === 'openai' ? openAiRow(job, outcome) : answerRow(job, outcome)
  }

  /** Whether a value is the row at a position of the file. */
  isRow = (value: unknown, position: number): boolean => {
    if (typeof value !== 'object' || value === null || position >= this.total) return false
    const { samples, prompts } = this.options
    const [index, sample] = [this.start + Math.floor(position / samples), position % samples]
    const { id, index: foundIndex, sample: foundSample } = value as Record<string, unknown>
    return prompts.form === 'openai'
      ? id === this.requestId(index, sample)
      : foundIndex === index && foundSample === sample
  }

  private createJob(prompt: Prompt, sample: number): BatchJob {
    const seed = seedOf(prompt, sample, this.options)
    const body = requestBody(prompt, seed, this.options)
    return { prompt, sample, seed, body, path: pathOf(prompt.prompt), requestId: this.requestId(prompt.index, sample) }
  }

  private requestId(index: number, sample: number): string {
    return `batch-${this.runId}-${index}-${sample}`
  }
}
