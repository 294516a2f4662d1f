import { leastGoodShare } from '../find-knee.js'
import type { LoadResult, Recovery } from '../load-result.js'

/** Returns what a profile found beyond its table: saturation, capacity, recovery. */
export function findingsOf({ knee, loads, facts, recovery }: LoadResult): readonly string[] {
  if (recovery !== null) return [recoveryText(recovery)]
  if (knee === null) return []
  const { keptPerSecond, saturatedPerSecond, peakGoodputPerSecond } = knee
  const share = `${100 * leastGoodShare}%`
  const kept = loads.find(({ perSecond }) => perSecond === keptPerSecond)
  const capacity = (kept?.summary.goodputPerSecond ?? 0) / facts.replicas
  return [
    saturatedPerSecond === null
      ? `No rate saturated the stack: all had at least ${share} good answers.`
      : `Saturation point: between ${keptPerSecond ?? 0}/s and ${saturatedPerSecond}/s; the higher rate had less than ${share} good answers.`,
    `Capacity per replica: ${capacity.toFixed(2)} good answers/s at ${keptPerSecond ?? 0}/s, with ${facts.replicas} of each model. ` +
      `Peak goodput of all rates: ${peakGoodputPerSecond.toFixed(2)} answers/s.`,
  ]
}

const recoveryText = ({ seconds, isComplete }: Recovery): string =>
  isComplete
    ? `The last request without a good answer was sent ${seconds.toFixed(1)} s after the end of the spike.`
    : `The stack did not recover: requests sent up to ${seconds.toFixed(1)} s after the end of the spike got no good answer.`
