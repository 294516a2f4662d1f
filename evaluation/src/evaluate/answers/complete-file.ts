import { type Counts, type GatewayFacts, type JobRun, type Question, runJobs } from '../../batch/index.js'
import type { EvaluationOptions, EvaluationStage } from '../options.js'

/** Requests at once if the gateway does not say how many it works on. */
const usualConcurrency = 8

/** The requests of a stage and their rows. */
export interface StageRows<J extends Question> extends Pick<JobRun<J>, 'jobs' | 'rowOf' | 'isRow'> {
  readonly total: number
}

/** Completes the file of a stage. Errors as `runJobs`. */
export async function completeFile<J extends Question>(
  options: EvaluationOptions,
  facts: GatewayFacts,
  stage: EvaluationStage,
  out: string,
  rows: StageRows<J>,
): Promise<Counts> {
  const { server, timeoutMs, retryForMs, signal } = options
  const concurrency = options.concurrency ?? facts.concurrentRequests ?? usualConcurrency
  const { rowOf, isRow } = rows
  return runJobs({
    ...{ server, out, rowOf, isRow, concurrency, timeoutMs, retryForMs, signal },
    jobs: (skip) => rows.jobs(skip),
    onCounts: (counts) => options.onCounts?.(stage, counts, rows.total),
  })
}
