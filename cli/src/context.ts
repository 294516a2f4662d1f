import type { Home } from './home.js'
import type { Output } from './progress.js'

/** The package exports that are the main files of our processes. */
export type ProcessModule = '@tandem/services/logit-main' | '@tandem/services/reward-main' | '@tandem/gateway/main'

/** What every command gets from outside, so that a test can replace it. */
export interface Context {
  readonly home: Home
  readonly environment: NodeJS.ProcessEnv
  /** For progress, notices and errors. Answers go to `answers`. */
  readonly output: Output
  /** For what a command prints as its result. */
  readonly answers: Output
  /** Returns the main file of one of our processes. */
  readonly findModule: (name: ProcessModule) => string
  readonly isVerbose: boolean
  /** Aborted by Ctrl-C, SIGTERM and SIGHUP. */
  readonly signal: AbortSignal
}
