import { parseJson } from '../../batch/http/read-error.js'
import type { Job } from '../../batch/index.js'
import { splitLines } from '../../prompts/index.js'

/** A row of an earlier run, and its number in the new file of answers. */
export interface KnownRow {
  readonly place: number
  readonly row: object
}

/**
 * Yields the rows of an earlier run up to the first one that is not whole.
 * @param parse the row at a number of the earlier file, or null if the value is none
 */
export async function* readKnownRows<T>(
  path: string,
  parse: (value: unknown, number: number) => T | null,
  signal: AbortSignal,
): AsyncGenerator<T> {
  let number = 0
  for await (const line of splitLines(path, signal)) {
    const known = line.isComplete ? parse(parseJson(line.bytes.toString('utf8')), number++) : null
    if (known === null) return
    yield known
  }
}

/**
 * Yields jobs, those with a known row together with it.
 * @param placeOf the number of a job's answer in the file of answers
 * @param rows in the order of their places
 */
export async function* withKnownRows<J extends Job>(
  jobs: AsyncIterable<J>,
  placeOf: (job: J) => number,
  rows: AsyncGenerator<KnownRow>,
): AsyncGenerator<J> {
  const next = async (): Promise<KnownRow | undefined> => (await rows.next()).value as KnownRow | undefined
  try {
    let known = await next()
    for await (const job of jobs) {
      const place = placeOf(job)
      while (known && known.place < place) known = await next()
      yield known?.place === place ? { ...job, known: known.row } : job
    }
  } finally {
    await rows.return(undefined)
  }
}
