import type { Context, PreparedPair } from '@tandem/cli'

/** What is started. */
export interface Subject {
  readonly context: Context
  readonly pair: PreparedPair
}
