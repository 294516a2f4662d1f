import { ServiceError } from '../../errors.js'
import type { Forward } from '../engine.js'
import { epochMs } from '../epoch-ms.js'
import type { LogitsRow } from '../logits/logits-row.js'
import type { Job } from './job.js'
import type { NextBatch } from './next-batch.js'
import type { StepContext } from './step-run.js'

/** What one run returned: for each forward its rows or its error. */
export interface RunResult {
  readonly forwards: readonly Forward[]
  readonly outcomes: readonly (readonly LogitsRow[] | ServiceError)[]
  readonly runMs: number
}

/** Runs the forwards of a batch, and records the run in each job that has a part in it. */
export async function runBatch(context: StepContext, { kind, parts }: NextBatch): Promise<RunResult> {
  const forwards = parts.map((part) => part.run.forward)
  const startMs = epochMs()
  const outcomes = await runForwards(context, forwards)
  const runMs = epochMs() - startMs
  const tokens = new Map<Job, number>()
  for (const [i, { job }] of parts.entries())
    tokens.set(job, (tokens.get(job) ?? 0) + (forwards[i]?.tokenIds.length ?? 0))
  for (const [job, count] of tokens)
    job.recordRun({ startMs, durationMs: runMs, batchSize: parts.length, kind, tokens: count })
  return { forwards, outcomes, runMs }
}

/**
 * Runs forwards as one batch. If the batch fails, they run one by one, so that only the forward at
 * fault fails.
 */
async function runForwards(
  { engine, store }: StepContext,
  forwards: readonly Forward[],
): Promise<RunResult['outcomes']> {
  if (forwards.length > 1) {
    const batch = await engine.runBatch(forwards, store.budget.batchLimit).catch(() => null)
    if (batch !== null) return batch
  }
  const outcomes = []
  for (const forward of forwards) outcomes.push(await engine.run(forward).catch(ServiceError.from))
  return outcomes
}
