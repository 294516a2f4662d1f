import type { RequestRecord } from '../load/request-record.js'
import { isGood, type ServiceLevel } from '../load/summarize-load.js'
import type { LoadArguments } from './arguments.js'
import type { Measured, Recovery } from './load-result.js'
import { measuredRecords, type OnLoad, summarizeParts } from './run-parts.js'
import type { SendLoad } from './send-load.js'

/** The rate of the spike, as a multiple. */
const spikeFactor = 10
/** The seconds after the spike, as a multiple of its own. */
export const afterFactor = 6

/** Keeps a rate, multiplies it, and returns to it. Arrivals go on throughout. */
export async function runSpike(args: LoadArguments, send: SendLoad, onLoad: OnLoad): Promise<Measured> {
  const { rate, seconds, warmUpSeconds, maxOpen } = args
  const parts = [
    { name: `before, ${rate}/s`, perSecond: rate, seconds },
    { name: `spike, ${spikeFactor * rate}/s`, perSecond: spikeFactor * rate, seconds },
    { name: `after, ${rate}/s`, perSecond: rate, seconds: afterFactor * seconds },
  ]
  const stages = [{ perSecond: rate, seconds: warmUpSeconds }, ...parts]
  const run = await send({ type: 'stages', stages, maxOpen }, (2 + afterFactor) * seconds)
  const records = measuredRecords(run)
  const recovery = recoveryOf(records, run.window.fromMs + 2000 * seconds, args.level)
  return { loads: summarizeParts(run, parts, args, onLoad), records, knee: null, recovery }
}

/**
 * Finds how long after the end of a spike requests still got no good answer.
 * @param endMs the end of the spike, on the clock of the records
 */
export function recoveryOf(records: readonly RequestRecord[], endMs: number, level: ServiceLevel): Recovery {
  const after = records.filter(({ sentAtMs }) => sentAtMs >= endMs)
  const isBad = (record: RequestRecord) => record.outcome !== 'completed' || !isGood(record, level)
  const lastBadMs = after.filter(isBad).reduce((last, { sentAtMs }) => Math.max(last, sentAtMs), endMs)
  return { seconds: (lastBadMs - endMs) / 1000, isComplete: after.some(({ sentAtMs }) => sentAtMs > lastBadMs) }
}
