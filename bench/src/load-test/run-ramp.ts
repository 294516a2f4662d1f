import type { RequestRecord } from '../load/request-record.js'
import { summarizeLoad } from '../load/summarize-load.js'
import type { LoadArguments } from './arguments.js'
import { findKnee, isSaturated, type RatedLoad } from './find-knee.js'
import type { Measured } from './load-result.js'
import { measuredRecords, type OnLoad } from './run-parts.js'
import type { SendLoad } from './send-load.js'

/** The most rates, and the factor between two of them. */
const [mostRates, factor] = [10, 1.5]

/** Expected requests of a rate: fewer say little about the share of good answers. */
export const leastArrivals = 20

/** Raises the rate until the stack is saturated. Each rate begins with an idle stack. */
export async function runRamp(args: LoadArguments, send: SendLoad, onLoad: OnLoad): Promise<Measured> {
  const { rate, maxOpen, level } = args
  const loads: RatedLoad[] = []
  const records: RequestRecord[] = []
  for (let i = 0; i < mostRates; i++) {
    const perSecond = Number((rate * factor ** i).toPrecision(3))
    const seconds = Math.max(args.seconds, leastArrivals / perSecond)
    const run = await send({ type: 'open', perSecond, maxOpen }, seconds)
    const load = { name: `${perSecond}/s`, perSecond, summary: summarizeLoad(run, level) }
    onLoad(load)
    loads.push(load)
    records.push(...measuredRecords(run))
    if (isSaturated(load)) break
  }
  return { loads, records, knee: findKnee(loads), recovery: null }
}
