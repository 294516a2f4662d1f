import { ask, type Outcome, type Patience, type Question } from './http/ask.js'
import { Connection, type Server } from './http/connection.js'
import { mapInOrder } from './in-order.js'
import { readUsage } from './read-usage.js'
import { RowFile } from './row-file.js'

/** Counts of a run so far. */
export interface Counts {
  /** Rows in the file, those of earlier runs included. */
  readonly rows: number
  /** Rows that this run has written. */
  readonly written: number
  /** Rows of this run with an error instead of an answer. */
  readonly errors: number
  /** Tokens of this run's prompts and answers. */
  readonly promptTokens: number
  readonly completionTokens: number
}

/** Settings of a run that do not change its rows. */
export interface Pace extends Patience {
  /** Maximum requests at once. */
  readonly concurrency: number
}

/** A job: a question, or a row that an earlier run has already made. */
export type Job = Question & { readonly known?: object | undefined }

/** What `runJobs` needs. */
export interface JobRun<J extends Job> extends Pace {
  readonly server: Server
  /** The jobs in the order of the rows, without the first `skip`. */
  readonly jobs: (skip: number) => AsyncIterable<J>
  /** The JSONL file. If it exists, the run continues after its last whole row. */
  readonly out: string
  /** Makes the row of a job. It must depend on nothing that differs between two runs. */
  readonly rowOf: (job: J, outcome: Outcome) => object
  /** Whether a value of the file is the row at a position, from 0. Other values are cut off. */
  readonly isRow: (value: unknown, position: number) => boolean
  /** Called once when the file is open, and after each row. */
  readonly onCounts?: ((counts: Counts) => void) | undefined
  readonly signal: AbortSignal
}

/** Finished rows that wait for an earlier one, for each request at once. */
const windowFactor = 8

/**
 * Asks a gateway many questions at once, and writes one row for each, in the order of the jobs. A
 * run that ends early can be run again: it continues after the rows that the file has, and the file
 * becomes the same as that of an unbroken run, as long as the gateway gives the same answers.
 * An error of a single request (400) is a row. A known row is written without a request.
 * @throws ServiceError if the service cannot answer; the signal's reason; Error of the file system
 */
export async function runJobs<J extends Job>(run: JobRun<J>): Promise<Counts> {
  const file = await RowFile.open(run.out, run.isRow, run.signal)
  const connection = new Connection(run.server, run.concurrency)
  let counts: Counts = { rows: file.found, written: 0, errors: 0, promptTokens: 0, completionTokens: 0 }
  run.onCounts?.(counts)
  try {
    const bounds = { concurrency: run.concurrency, window: run.concurrency * windowFactor }
    const answer = async (job: J, signal: AbortSignal) => ({
      job,
      outcome: job.known ? null : await ask(connection, job, run, signal),
    })
    for await (const { job, outcome } of mapInOrder(run.jobs(file.found), bounds, answer, run.signal)) {
      await file.append(outcome ? run.rowOf(job, outcome) : (job.known ?? {}))
      counts = outcome ? add(counts, outcome) : { ...counts, rows: counts.rows + 1 }
      run.onCounts?.(counts)
    }
    return counts
  } finally {
    connection.close()
    await file.close()
  }
}

function add({ rows, written, errors, promptTokens, completionTokens }: Counts, { status, body }: Outcome): Counts {
  const usage = readUsage(body)
  return {
    rows: rows + 1,
    written: written + 1,
    errors: errors + (status === 200 ? 0 : 1),
    promptTokens: promptTokens + (usage?.prompt_tokens ?? 0),
    completionTokens: completionTokens + (usage?.completion_tokens ?? 0),
  }
}
