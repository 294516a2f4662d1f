import type { Figure } from './figures/figure.js'
import type { Table } from './tables/table.js'

/** A report before it is text of any format. */
export interface Report {
  readonly title: string
  /** What was evaluated and how: names with values. */
  readonly facts: readonly (readonly [string, string])[]
  /** Sentences that a reader must know, such as missing answers. */
  readonly notes: readonly string[]
  readonly tables: readonly Table[]
  readonly figures: readonly Figure[]
}

/** Number of tables that stand before the figures: what a reader looks for first. */
export const leadingTables = 2
