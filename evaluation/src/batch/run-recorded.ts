import { type Manifest, recordRun, startRun } from './manifest/manifest.js'
import { type Counts, type Job, type JobRun, runJobs } from './run-jobs.js'

/**
 * Runs jobs as `runJobs`, and adds to the manifest when this process worked on them and how many
 * rows, errors and tokens it wrote, also if it ends early.
 * @throws errors of `runJobs`
 */
export async function runRecorded<J extends Job>(manifest: Manifest, run: JobRun<J>): Promise<Counts> {
  const start = await startRun()
  let counts: Counts | undefined
  const onCounts = (now: Counts) => {
    counts = now
    run.onCounts?.(now)
  }
  try {
    return await runJobs({ ...run, onCounts })
  } finally {
    await recordRun(manifest, start, { concurrency: run.concurrency, ...counts })
  }
}
