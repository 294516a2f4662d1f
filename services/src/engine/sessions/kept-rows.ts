import type { LogitsRow } from '../logits/logits-row.js'

/**
 * Maximum number of rows that a session keeps: enough for a draft of 31 tokens. If a step has more
 * rows, the last ones are kept.
 */
export const maxKeptRows = 32

/**
 * The last logits rows of a session's last step, for later readouts. Rows are never modified, so
 * copies share them.
 */
export class KeptRows {
  private constructor(
    /** Number of tokens before the prediction of the last row. */
    private readonly endPosition: number,
    private readonly rows: readonly LogitsRow[],
    /** Number of rows of the step; larger than `rows.length` if not all rows were kept. */
    readonly stepRows: number,
  ) {}

  static readonly none = new KeptRows(0, [], 0)

  /** @param rows of a step that ended at `endPosition`; the last `maxKeptRows` of them are kept */
  static of(endPosition: number, rows: readonly LogitsRow[], stepRows: number): KeptRows {
    return new KeptRows(endPosition, rows.slice(-maxKeptRows), stepRows)
  }

  get byteLength(): number {
    return this.rows.reduce((sum, row) => sum + row.logits.byteLength, 0)
  }

  /** The rows that remain if the session is cut to `position` tokens. */
  truncate(position: number): KeptRows {
    const cut = this.endPosition - position
    if (cut <= 0) return this
    if (cut >= this.rows.length) return KeptRows.none
    return new KeptRows(position, this.rows.slice(0, -cut), this.stepRows - cut)
  }

  /** The row that predicts the token after the last one. */
  last(): LogitsRow | undefined {
    return this.rows.at(-1)
  }

  /** All rows of the step, or undefined if some were not kept. */
  all(): readonly LogitsRow[] | undefined {
    return this.rows.length > 0 && this.rows.length === this.stepRows ? this.rows : undefined
  }
}
