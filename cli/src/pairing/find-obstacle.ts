import { gigabytes } from '../util/table.js'

/** The state of the machine before a trial. */
export interface TrialConditions {
  /** Load average of the last minute. */
  readonly load: number
  readonly cores: number
  /** Bytes of the two models' folders. */
  readonly pairBytes: number
  readonly freeBytes: number
}

/**
 * Memory of a trial per byte of the pair. A trial holds the weights three times, and a service
 * holds up to three resident bytes for two bytes of weights (P8 in docs/performance.md), rounded
 * up.
 */
const bytesPerPairByte = (3 / 2) * 3
/** Runnable threads per core: above this, a trial would measure the other programs. */
const maxLoad = 2

/** Returns why a trial would be wrong or harmful now; null if it can run. */
export function findObstacle({ load, cores, pairBytes, freeBytes }: TrialConditions): string | null {
  if (load > maxLoad * cores) return `other programs keep the machine busy: load ${load.toFixed(1)} on ${cores} cores`
  const needed = bytesPerPairByte * pairBytes
  if (needed <= freeBytes) return null
  return `the measurement needs about ${gigabytes(needed)} of memory, and ${gigabytes(freeBytes)} are free`
}
