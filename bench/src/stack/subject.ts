import type { Context, PreparedPair } from '@tandem/cli'

/** The pair to start, and the context to start it in. */
export interface Subject {
  readonly context: Context
  readonly pair: PreparedPair
}
