import type { LoadSummary } from '../load/summarize-load.js'

/** A load with its rate of arrivals. */
export interface RatedLoad {
  readonly name: string
  /** Arrivals per second. Null for a closed loop. */
  readonly perSecond: number | null
  readonly summary: LoadSummary
}

/** Where a stack saturates. */
export interface Knee {
  /**
   * The highest rate that the stack kept up with, in arrivals per second. Null: not even the first.
   */
  readonly keptPerSecond: number | null
  /** The rate that saturated it. Null: none did. */
  readonly saturatedPerSecond: number | null
  /** The most good answers per second of all rates. */
  readonly peakGoodputPerSecond: number
}

/** A stack keeps up with a rate if at least this share of the requests got good answers. */
export const leastGoodShare = 0.9

/** Whether a stack does not keep up with a load. */
export const isSaturated = ({ summary }: RatedLoad): boolean => summary.goodShare < leastGoodShare

/** Finds the saturation point in loads of rising rates. */
export function findKnee(loads: readonly RatedLoad[]): Knee {
  const first = loads.findIndex(isSaturated)
  const kept = first < 0 ? loads.at(-1) : loads[first - 1]
  return {
    keptPerSecond: kept?.perSecond ?? null,
    saturatedPerSecond: first < 0 ? null : (loads[first]?.perSecond ?? null),
    peakGoodputPerSecond: Math.max(0, ...loads.map(({ summary }) => summary.goodputPerSecond)),
  }
}
