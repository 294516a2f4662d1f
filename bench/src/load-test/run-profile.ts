import type { Arrivals } from '../load/arrivals.js'
import type { LoadArguments } from './arguments.js'
import type { Measured } from './load-result.js'
import type { LoadTarget } from './load-target.js'
import { measuredRecords, type OnLoad, summarizeParts } from './run-parts.js'
import { runRamp } from './run-ramp.js'
import { runSpike } from './run-spike.js'
import { createSendLoad, type SendLoad } from './send-load.js'

/** Parts of a soak that are reported. */
const soakParts = 10

/**
 * Runs the streaming part of a profile.
 * @param onLoad called with each load when it has ended
 */
export function runProfile(
  args: LoadArguments,
  target: LoadTarget,
  signal: AbortSignal,
  onLoad: OnLoad,
): Promise<Measured> {
  const send = createSendLoad(args, target, signal)
  if (args.profile === 'ramp') return runRamp(args, send, onLoad)
  if (args.profile === 'spike') return runSpike(args, send, onLoad)
  return runSteady(args, send, onLoad, args.profile === 'soak' ? soakParts : 1)
}

async function runSteady(args: LoadArguments, send: SendLoad, onLoad: OnLoad, parts: number): Promise<Measured> {
  const { rate, clients, seconds, warmUpSeconds, maxOpen } = args
  const arrivals: Arrivals =
    clients === null
      ? { type: 'open', perSecond: rate, maxOpen }
      : { type: 'closed', clients, rampMs: 1000 * warmUpSeconds }
  const name = clients === null ? `${rate}/s` : `${clients} clients`
  const part = seconds / parts
  const windows = Array.from({ length: parts }, (_, i) => ({
    name: parts === 1 ? name : `${name}, ${Math.round(i * part)} s to ${Math.round((i + 1) * part)} s`,
    perSecond: clients === null ? rate : null,
    seconds: part,
  }))
  const run = await send(arrivals, seconds)
  return {
    loads: summarizeParts(run, windows, args, onLoad),
    records: measuredRecords(run),
    knee: null,
    recovery: null,
  }
}
