import { ServiceError, statusCodes } from '../../errors.js'
import { logSumExp, maxOf } from './vector.js'

/** The best ids of a row, best first, ties by lowest id. */
export interface Best {
  readonly ids: BigInt64Array
  /** float32 logits of these ids */
  readonly logits: Float32Array
}

/** What a graph computes of a row in addition to its logits (models/src/graph-contract.ts). */
export interface RowSummary {
  readonly best: Best
  readonly logSumExp: number
}

/** The first logits of a row, with the values that every readout needs. */
export interface CutRow {
  /** float32 [limit] */
  readonly logits: Float32Array
  readonly max: number
  readonly logSumExp: number
  /** Null if they were not computed. */
  readonly best: Best | null
}

/**
 * The logits of one position, float32 [V], never modified. Max and log-sum-exp are computed once,
 * also for later readouts.
 */
export class LogitsRow {
  private cached: CutRow | null = null

  /** @param summary the graph's summary, if it gives one: the row is then not scanned */
  constructor(
    readonly logits: Float32Array,
    private readonly summary: RowSummary | null = null,
  ) {}

  /**
   * Returns the first `limit` logits.
   * @throws ServiceError INTERNAL if they are not a distribution (NaN, infinite)
   */
  cut(limit: number): CutRow {
    if (this.cached?.logits.length !== limit) this.cached = this.fromSummary(limit) ?? this.scan(limit)
    return this.cached
  }

  /** The row in memory of its own: a view would keep all rows of its run alive. */
  owned(): LogitsRow {
    return this.logits.byteLength === this.logits.buffer.byteLength ? this : this.copy()
  }

  copy(): LogitsRow {
    const { logits, summary } = this
    const best = summary && { ids: summary.best.ids.slice(), logits: summary.best.logits.slice() }
    return new LogitsRow(logits.slice(), best && { ...summary, best })
  }

  /**
   * Null if the graph's sum is not finite (any NaN of the row makes it NaN): the scan then explains
   * what is wrong.
   */
  private fromSummary(limit: number): CutRow | null {
    const { logits, summary } = this
    if (summary === null || limit !== logits.length || !Number.isFinite(summary.logSumExp)) return null
    return { logits, max: summary.best.logits[0] as number, ...summary }
  }

  private scan(limit: number): CutRow {
    const logits = this.logits.subarray(0, limit)
    const max = maxOf(logits)
    const lse = logSumExp(logits, max)
    if (!Number.isFinite(lse))
      throw new ServiceError(
        statusCodes.internal,
        `the model gave logits without a finite log-sum-exp (max ${max}, log-sum-exp ${lse}): its weights or its precision are broken`,
      )
    return { logits, max, logSumExp: lse, best: null }
  }
}
