import type { Home } from '../home.js'
import type { Output } from '../progress.js'

/** What every command is given, so that a test can give it something else. */
export interface Context {
  readonly home: Home
  readonly environment: NodeJS.ProcessEnv
  /** For people: progress, notices, errors. Answers go to `answers`. */
  readonly output: Output
  readonly answers: Output
  readonly isVerbose: boolean
  /** Aborted by Ctrl-C, SIGTERM and SIGHUP. */
  readonly signal: AbortSignal
}
