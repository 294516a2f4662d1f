import {
  type Counts,
  concurrencyOf,
  type GatewayFacts,
  type Job,
  type JobRun,
  type Manifest,
  type Patience,
  runRecorded,
  type Server,
} from '../batch/index.js'

/** The rows of a stage and the requests that make them. */
export interface StageRows<J extends Job> extends Pick<JobRun<J>, 'jobs' | 'rowOf' | 'isRow'> {
  /** The number of rows of the complete file. */
  readonly total: number
}

/** A stage of a run, which writes one file. */
export interface FileStage<Stage extends string> {
  readonly stage: Stage
  /** The JSONL file. */
  readonly out: string
  readonly manifest: Manifest
}

/** Options that are the same for all stages of a run. */
export interface StageOptions<Stage extends string> extends Patience {
  readonly server: Server
  /** Maximum requests at once; null: the gateway's concurrency limit. */
  readonly concurrency: number | null
  /** Called when a file is open, and after each row, with the number of rows at the end. */
  readonly onCounts?: ((stage: Stage, counts: Counts, total: number) => void) | undefined
  readonly signal: AbortSignal
}

/** Completes the file of a stage, and records it in its manifest. Errors as `runJobs`. */
export function completeFile<Stage extends string, J extends Job>(
  { server, concurrency, timeoutMs, retryForMs, onCounts, signal }: StageOptions<Stage>,
  facts: Pick<GatewayFacts, 'concurrentRequests'>,
  { stage, out, manifest }: FileStage<Stage>,
  rows: StageRows<J>,
): Promise<Counts> {
  const { rowOf, isRow, total } = rows
  return runRecorded(manifest, {
    ...{ server, out, rowOf, isRow, timeoutMs, retryForMs, signal },
    concurrency: concurrencyOf(concurrency, facts),
    jobs: (skip) => rows.jobs(skip),
    onCounts: (counts) => onCounts?.(stage, counts, total),
  })
}
