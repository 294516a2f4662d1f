import { gigabytes } from '../util/table.js'

/** What a trial meets on the machine. */
export interface TrialConditions {
  /** Of the last minute. */
  readonly load: number
  readonly cores: number
  /** Of the two models' folders. */
  readonly pairBytes: number
  readonly freeBytes: number
}

/** A trial holds the weights three times; a service takes so many resident bytes for each of them (P8 in docs/performance.md), rounded up. */
const bytesPerPairByte = (3 / 2) * 3
/** Runnable threads for each core: from here on a trial would tell of the other programs. */
const mostLoad = 2

/** Why a trial now would tell nothing, or do harm; null where it can be made. */
export function findObstacle({ load, cores, pairBytes, freeBytes }: TrialConditions): string | null {
  if (load > mostLoad * cores) return `other programs keep the machine busy: load ${load.toFixed(1)} on ${cores} cores`
  const needed = bytesPerPairByte * pairBytes
  if (needed <= freeBytes) return null
  return `a trial takes about ${gigabytes(needed)} of memory, and ${gigabytes(freeBytes)} are free`
}
