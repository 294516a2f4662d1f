import { ServiceError, statusCodes } from '../../errors.js'
import { logSumExp, maxOf } from './vector.js'

/** The best ids of a row, best first, ties by lowest id. */
export interface Best {
  ids: BigInt64Array
  /** float32, of those ids */
  logits: Float32Array
}

/** What a graph tells of a row beside its logits (models/graph-contract). */
export interface RowSummary {
  best: Best
  logSumExp: number
}

/** The part of a row that takes part, with what every readout of it needs. */
export interface CutRow {
  /** float32 [limit] */
  logits: Float32Array
  max: number
  logSumExp: number
  /** Null where nobody has looked for them. */
  best: Best | null
}

/** One position's logits, float32 [V], never written to. Max and log-sum-exp are computed once, also where it is read again later. */
export class LogitsRow {
  private cached: CutRow | null = null

  /** @param summary where the graph gave one: the whole row need not be scanned then */
  constructor(
    readonly logits: Float32Array,
    private readonly summary: RowSummary | null = null,
  ) {}

  /**
   * The first `limit` logits.
   * @throws ServiceError INTERNAL where they are no distribution (NaN, infinite)
   */
  cut(limit: number): CutRow {
    if (this.cached?.logits.length !== limit) this.cached = this.summarised(limit) ?? this.scanned(limit)
    return this.cached
  }

  /** In memory of its own: a view would keep all rows of its run alive. */
  owned(): LogitsRow {
    return this.logits.byteLength === this.logits.buffer.byteLength ? this : this.copy()
  }

  copy(): LogitsRow {
    const { logits, summary } = this
    const best = summary && { ids: summary.best.ids.slice(), logits: summary.best.logits.slice() }
    return new LogitsRow(logits.slice(), best && { ...summary, best })
  }

  /** Any NaN of the row is one of the graph's sum: then a scan has to say what is wrong. */
  private summarised(limit: number): CutRow | null {
    const { logits, summary } = this
    if (summary === null || limit !== logits.length || !Number.isFinite(summary.logSumExp)) return null
    return { logits, max: summary.best.logits[0] as number, ...summary }
  }

  private scanned(limit: number): CutRow {
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
