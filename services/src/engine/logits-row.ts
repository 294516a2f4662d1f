import { ServiceError, statusCodes } from '../errors.js'
import { logSumExp, maxOf } from './vector.js'

/** The part of a row that takes part, with what every readout of it needs. */
export interface CutRow {
  /** float32 [limit] */
  logits: Float32Array
  max: number
  logSumExp: number
}

/** One position's logits, float32 [V], never written to. Max and log-sum-exp are computed once, also where it is read again later. */
export class LogitsRow {
  constructor(
    readonly logits: Float32Array,
    private cached: CutRow | null = null,
  ) {}

  /**
   * The first `limit` logits.
   * @throws ServiceError INTERNAL where they are no distribution (NaN, infinite)
   */
  cut(limit: number): CutRow {
    if (this.cached?.logits.length === limit) return this.cached
    const logits = this.logits.subarray(0, limit)
    const max = maxOf(logits)
    const lse = logSumExp(logits, max)
    if (!Number.isFinite(lse))
      throw new ServiceError(
        statusCodes.internal,
        `the model gave logits without a finite log-sum-exp (max ${max}, log-sum-exp ${lse}): its weights or its precision are broken`,
      )
    this.cached = { logits, max, logSumExp: lse }
    return this.cached
  }

  /** The same in memory of its own: a view would keep all rows of its run alive. */
  copy(): LogitsRow {
    const logits = this.logits.slice()
    const { cached } = this
    return new LogitsRow(logits, cached && { ...cached, logits: logits.subarray(0, cached.logits.length) })
  }
}
