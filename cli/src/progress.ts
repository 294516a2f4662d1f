import { SingleBar } from 'cli-progress'

/** The part of a terminal that the commands write to: stderr, or a test's. */
export interface Output {
  write(text: string): unknown
  readonly isTTY?: boolean | undefined
}

export interface Progress {
  /** Counts towards `totalBytes`; another phase starts another bar (or line). */
  update(phase: string, doneBytes: number, totalBytes: number): void
  /** Leaves the terminal on a fresh line. May be called twice. */
  stop(): void
}

/** A bar on a terminal, else a plain line for each quarter of a phase. */
export function createProgress(output: Output, title: string): Progress {
  return output === process.stderr && output.isTTY ? createBar(title) : createLines(output, title)
}

const megabytes = (bytes: number) => (bytes / 1e6).toFixed(1)

function createBar(title: string): Progress {
  const format = `${title}: {phase} [{bar}] {percentage}% | {done} / {size} MB | {eta_formatted}`
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

function createLines(output: Output, title: string): Progress {
  let current: string | undefined
  let nextQuarter = 0
  return {
    update(phase, doneBytes, totalBytes) {
      if (phase !== current) nextQuarter = 1
      current = phase
      const quarter = totalBytes === 0 ? 4 : Math.floor((4 * doneBytes) / totalBytes)
      if (quarter < nextQuarter) return
      nextQuarter = quarter + 1
      output.write(`${title}: ${phase} ${quarter * 25}% of ${megabytes(totalBytes)} MB\n`)
    },
    stop() {
      current = undefined
    },
  }
}
