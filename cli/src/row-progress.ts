import { SingleBar } from 'cli-progress'
import type { Output } from './progress.js'

/** The state of work on rows. */
export interface RowCounts {
  /** Rows that are done, those of earlier runs included. */
  readonly rows: number
  /** Rows that this run has done. */
  readonly written: number
  /** Rows of this run with an error instead of an answer. */
  readonly errors: number
  /** Tokens of this run's answers. */
  readonly completionTokens: number
}

/** Progress of work on rows: how many, tokens per second, time left. */
export interface RowProgress {
  update(counts: RowCounts, total: number): void
  /** Ends the bar, so that the terminal is on a new line. May be called twice. */
  stop(): void
}

/** Time between two lines if the output is not a terminal, in milliseconds. */
const quietMs = 10_000

/** Creates a bar on a terminal; elsewhere a line every ten seconds, and one at the end. */
export function createRowProgress(
  output: Output,
  title: string,
  now: () => number = () => performance.now(),
): RowProgress {
  const startMs = now()
  const describe = (counts: RowCounts, total: number) => describeRows(counts, total, (now() - startMs) / 1000)
  return output === process.stderr && output.isTTY
    ? createBar(title, describe)
    : createLines(output, title, describe, now)
}

/**
 * Describes the state: `12/805 rows, 93.1 tokens/s, 4 min left, 1 error`. Speed and time left are
 * those of this run.
 * @param seconds since this run began
 */
export function describeRows({ rows, written, errors, completionTokens }: RowCounts, total: number, seconds: number) {
  const speed = completionTokens > 0 && seconds > 0 ? [`${(completionTokens / seconds).toFixed(1)} tokens/s`] : []
  const left = written > 0 && rows < total ? [`${formatTime(((total - rows) * seconds) / written)} left`] : []
  const faults = errors > 0 ? [`${errors} ${errors === 1 ? 'error' : 'errors'}`] : []
  return [`${rows}/${total} rows`, ...speed, ...left, ...faults].join(', ')
}

/** Formats a time as people say it: `40 s`, `12 min`, `3 h 5 min`. */
export function formatTime(seconds: number): string {
  if (seconds < 60) return `${Math.ceil(seconds)} s`
  const minutes = Math.ceil(seconds / 60)
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}

type Describe = (counts: RowCounts, total: number) => string

function createBar(title: string, describe: Describe): RowProgress {
  const format = `${title}: [{bar}] {percentage}% | {state}`
  const bar = new SingleBar({ format, stream: process.stderr, hideCursor: true, barsize: 30 })
  let isStarted = false
  return {
    update(counts, total) {
      const payload = { state: describe(counts, total) }
      if (isStarted) bar.update(counts.rows, payload)
      else bar.start(total, counts.rows, payload)
      isStarted = true
    },
    stop() {
      if (isStarted) bar.stop()
      isStarted = false
    },
  }
}

function createLines(output: Output, title: string, describe: Describe, now: () => number): RowProgress {
  let lastMs = now()
  let isOver = false
  return {
    update(counts, total) {
      const isEnd = counts.rows >= total
      if (isOver || (!isEnd && now() - lastMs < quietMs)) return
      isOver = isEnd
      lastMs = now()
      output.write(`${title}: ${describe(counts, total)}\n`)
    },
    stop() {},
  }
}
