import { createRequire } from 'node:module'
import type cliProgress from 'cli-progress'

/** What the commands write to: stderr, stdout, or a test's own. */
export interface Output {
  write(text: string): unknown
  readonly isTTY?: boolean | undefined
  /** Characters of a line, if it is a terminal. */
  readonly columns?: number | undefined
}

/** Progress of one operation in phases. */
export interface Progress {
  /** Shows `doneBytes` of `totalBytes`. A new phase starts a new bar or line. */
  update(phase: string, doneBytes: number, totalBytes: number): void
  /** Ends the bar, so that the terminal is on a new line. May be called twice. */
  stop(): void
}

/** Time between two lines of a phase if the output is not a terminal. */
const quietMs = 10_000

/**
 * Creates a bar on a terminal; elsewhere a line at the end of each phase, and one every ten
 * seconds.
 */
export function createProgress(output: Output, title: string, now: () => number = () => performance.now()): Progress {
  return output === process.stderr && output.isTTY ? createBar(title) : createLines(output, title, now)
}

const megabytes = (bytes: number) => (bytes / 1e6).toFixed(1)

function createBar(title: string): Progress {
  const format = `${title}: {phase} [{bar}] {percentage}% | {done} / {size} MB | {eta_formatted}`
  // Loaded here: only a download or a build shows a bar.
  const { SingleBar } = createRequire(import.meta.url)('cli-progress') as typeof cliProgress
  const bar = new SingleBar({ format, stream: process.stderr, hideCursor: true, barsize: 30, etaBuffer: 50 })
  let current: string | undefined
  return {
    update(phase, doneBytes, totalBytes) {
      const payload = { phase, done: megabytes(doneBytes), size: megabytes(totalBytes) }
      if (phase !== current) {
        if (current !== undefined) bar.stop()
        bar.start(totalBytes, doneBytes, payload)
        current = phase
      }
      bar.update(doneBytes, payload)
    },
    stop() {
      if (current !== undefined) bar.stop()
      current = undefined
    },
  }
}

function createLines(output: Output, title: string, now: () => number): Progress {
  let current: string | undefined
  let isOver = false
  let lastMs = 0
  return {
    update(phase, doneBytes, totalBytes) {
      if (phase !== current) {
        current = phase
        isOver = false
        lastMs = now()
      }
      const isEnd = doneBytes >= totalBytes
      if (isOver || (!isEnd && now() - lastMs < quietMs)) return
      isOver = isEnd
      lastMs = now()
      const percent = totalBytes === 0 ? 100 : Math.floor((100 * doneBytes) / totalBytes)
      output.write(`${title}: ${phase} ${percent}% of ${megabytes(totalBytes)} MB\n`)
    },
    stop() {
      current = undefined
    },
  }
}
