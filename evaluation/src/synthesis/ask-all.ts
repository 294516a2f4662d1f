import {
  type Counts,
  type GatewayFacts,
  type JobRun,
  type Manifest,
  type Question,
  runRecorded,
} from '../batch/index.js'
import type { Stage, SynthesisOptions } from './options.js'

/** Requests at once if the gateway does not say how many it works on. */
const usualConcurrency = 8

/** The requests of a stage and their rows. */
export interface StageJobs<J extends Question> extends Pick<JobRun<J>, 'jobs' | 'rowOf' | 'isRow'> {
  readonly total: number
}

/** Completes the file of a stage and records it in the manifest. Errors as `runJobs`. */
export async function askAll<J extends Question>(
  options: SynthesisOptions,
  facts: GatewayFacts,
  stage: Stage,
  [out, manifest]: readonly [out: string, manifest: Manifest],
  rows: StageJobs<J>,
): Promise<Counts> {
  const { server, timeoutMs, retryForMs, signal } = options
  const concurrency = options.concurrency ?? facts.concurrentRequests ?? usualConcurrency
  const { rowOf, isRow } = rows
  return runRecorded(manifest, {
    ...{ server, out, rowOf, isRow, concurrency, timeoutMs, retryForMs, signal },
    jobs: (skip) => rows.jobs(skip),
    onCounts: (counts) => options.onCounts?.(stage, counts, rows.total),
  })
}
