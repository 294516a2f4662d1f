import type { Home } from './home.js'
import type { Output } from './progress.js'

export type ProcessModule = '@tandem/services/logit-main' | '@tandem/services/reward-main' | '@tandem/gateway/main'

/** What every command is given, so that a test can give it something else. */
export interface Context {
  readonly home: Home
  readonly environment: NodeJS.ProcessEnv
  /** For people: progress, notices, errors. Answers go to `answers`. */
  readonly output: Output
  readonly answers: Output
  /** The file of a process of ours, by the name that its package exports. */
  readonly findModule: (name: ProcessModule) => string
  readonly isVerbose: boolean
  /** Aborted by Ctrl-C, SIGTERM and SIGHUP. */
  readonly signal: AbortSignal
}
