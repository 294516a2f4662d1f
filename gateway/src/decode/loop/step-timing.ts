import type { ServiceCall } from '../../session/contract/service-call.js'

/** The parts of a step of the decode loop, in whole microseconds. */
export interface StepParts {
  /** Wall time. It equals dpo + sft + other - overlap + queue + wire + merge; null counts as 0. */
  readonly stepUs: number
  /** Compute time of the DPO model's runs that were answered in this step; null: it did not run. */
  readonly dpoUs: number | null
  /** The same of the SFT model. */
  readonly sftUs: number | null
  /** The same of all additional models; 0 if none ran. */
  readonly otherUs: number
  /** Compute time that adds nothing to the step, because the loop waited for another call then. */
  readonly overlapUs: number
  /** Waiting in services. */
  readonly queueUs: number
  /** Messages on their way, in both directions. */
  readonly wireUs: number
  /** The gateway's own time: the loop waited for no call. */
  readonly mergeUs: number
  /** Number of tokens that the DPO model read; null if it did not run. */
  readonly dpoTokens: number | null
  readonly sftTokens: number | null
  /**
   * Waiting of the DPO model's runs in the service, on the critical path or not; null as `dpoUs`.
   */
  readonly dpoQueueUs: number | null
  readonly sftQueueUs: number | null
}

/** When a step ran, and what it spent its time on. */
export interface StepTiming extends StepParts {
  /** On the clock of performance.now(). */
  readonly startMs: number
  readonly endMs: number
  /** Models whose sessions were sent again because a service had lost them, once for each time. */
  readonly replayedModels: readonly string[]
}

/**
 * Computes the parts of a step from the calls that were answered in it.
 *
 * The step's time is that of its critical path: the call that was answered last, before it the
 * latest one that was answered when that one was sent, and so on. Everything outside of the path
 * overlaps with it. A call that was sent in an earlier step counts only from the start of this one.
 */
export function toStepTiming(startMs: number, endMs: number, calls: readonly ServiceCall[]): StepTiming {
  // Rounded times, not rounded differences: so the parts add up exactly.
  const toUs = (ms: number) => Math.round((Math.min(Math.max(ms, startMs), endMs) - startMs) * 1000)
  const { computeUs, queueUs, wireUs } = sumPath(criticalPath(calls), toUs)
  const runs = sumRuns(calls)
  const stepUs = toUs(endMs)
  return {
    startMs,
    endMs,
    stepUs,
    ...runs,
    overlapUs: (runs.dpoUs ?? 0) + (runs.sftUs ?? 0) + runs.otherUs - computeUs,
    queueUs,
    wireUs,
    mergeUs: stepUs - computeUs - queueUs - wireUs,
    replayedModels: calls.filter(({ isReplay }) => isReplay).map(({ model }) => model),
  }
}

/** Returns the calls that the loop waited for, the last one first. */
function criticalPath(calls: readonly ServiceCall[]): ServiceCall[] {
  let nextSentMs = Number.POSITIVE_INFINITY
  return [...calls]
    .sort((a, b) => b.receivedMs - a.receivedMs)
    .filter(({ sentMs, receivedMs }) => {
      if (receivedMs > nextSentMs) return false
      nextSentMs = sentMs
      return true
    })
}

/** Splits the time of calls that follow one another. What exceeds a call's time is left out. */
function sumPath(path: readonly ServiceCall[], toUs: (ms: number) => number) {
  const sum = { computeUs: 0, queueUs: 0, wireUs: 0 }
  for (const { sentMs, receivedMs, computeUs, queueUs } of path) {
    const wholeUs = toUs(receivedMs) - toUs(sentMs)
    const compute = Math.min(computeUs, wholeUs)
    const queue = Math.min(queueUs, wholeUs - compute)
    sum.computeUs += compute
    sum.queueUs += queue
    sum.wireUs += wholeUs - compute - queue
  }
  return sum
}

/** Sums the runs of each model. A readout of a row that the service holds runs nothing. */
function sumRuns(calls: readonly ServiceCall[]) {
  const runs = calls.filter(({ tokens, computeUs }) => tokens > 0 || computeUs > 0)
  const dpo = runs.filter(({ model }) => model === 'dpo')
  const sft = runs.filter(({ model }) => model === 'sft')
  const others = runs.filter(({ model }) => model !== 'dpo' && model !== 'sft')
  const computeOf = (found: readonly ServiceCall[]) => found.reduce((sum, { computeUs }) => sum + computeUs, 0)
  const tokensOf = (found: readonly ServiceCall[]) => found.reduce((sum, { tokens }) => sum + tokens, 0)
  const queueOf = (found: readonly ServiceCall[]) => found.reduce((sum, { queueUs }) => sum + queueUs, 0)
  return {
    dpoUs: dpo.length > 0 ? computeOf(dpo) : null,
    sftUs: sft.length > 0 ? computeOf(sft) : null,
    otherUs: computeOf(others),
    dpoTokens: dpo.length > 0 ? tokensOf(dpo) : null,
    sftTokens: sft.length > 0 ? tokensOf(sft) : null,
    dpoQueueUs: dpo.length > 0 ? queueOf(dpo) : null,
    sftQueueUs: sft.length > 0 ? queueOf(sft) : null,
  }
}
