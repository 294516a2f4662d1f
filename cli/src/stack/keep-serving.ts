import { setTimeout as delay } from 'node:timers/promises'
import { withTimeout } from '@tandem/process'
import { abortable } from './abortable.js'
import { describeFailedRestart, describeRestart, describeServing, type ProcessEnd } from './process-end.js'
import type { ProcessPlace } from './process-place.js'
import { RestartBackoff } from './restart-backoff.js'

/** Starts in a row that may fail before Tandem gives up. */
export const maxFailedStarts = 5
/** Time in which a restarted process must serve. A large model on a slow disk takes minutes. */
const startLimitMs = 900_000

/** How processes that end are started again. */
export interface Supervision {
  /** Called with a line for each end and each start. */
  readonly report: (line: string) => void
  /** Creates the delays of one process. Default: `RestartBackoff`. */
  readonly createBackoff?: () => Pick<RestartBackoff, 'nextMs' | 'endedAfter'>
}

/**
 * Starts the process of a place again each time it ends.
 * @param signal stops the supervision; the process that runs then stays
 * @returns how the last process ended if none could be started several times in a row
 * @throws the signal's reason on abort
 */
export async function keepServing(
  place: ProcessPlace,
  { report, createBackoff = () => new RestartBackoff() }: Supervision,
  signal: AbortSignal,
): Promise<ProcessEnd> {
  const backoff = createBackoff()
  for (;;) {
    const servedFrom = performance.now()
    const end = await abortable(place.ended(), signal)
    // Both at once: what stops Tandem may stop all its processes.
    signal.throwIfAborted()
    const endedAt = performance.now()
    backoff.endedAfter(endedAt - servedFrom)
    const delayMs = backoff.nextMs()
    report(describeRestart(end, delayMs))
    const failed = await startAgain(place, { report, backoff, delayMs }, signal)
    if (failed !== null) return failed
    report(describeServing(place.name, performance.now() - endedAt))
  }
}

interface Attempts extends Pick<Supervision, 'report'> {
  readonly backoff: Pick<RestartBackoff, 'nextMs'>
  /** The delay before the first attempt. */
  readonly delayMs: number
}

/** Returns null when the process serves, or how the last attempt ended. */
async function startAgain(
  place: ProcessPlace,
  { report, backoff, delayMs }: Attempts,
  signal: AbortSignal,
): Promise<ProcessEnd | null> {
  await delay(delayMs, undefined, { signal })
  for (let failedStarts = 1; ; failedStarts++) {
    const failed = await attempt(place, signal)
    if (failed === null) return null
    const end = { ...failed, failedStarts }
    if (failedStarts === maxFailedStarts) return end
    const nextMs = backoff.nextMs()
    report(describeFailedRestart(end, maxFailedStarts, nextMs))
    await delay(nextMs, undefined, { signal })
  }
}

async function attempt(place: ProcessPlace, signal: AbortSignal): Promise<ProcessEnd | null> {
  const limit = withTimeout(startLimitMs, signal)
  try {
    await place.start(limit)
    return null
  } catch (error) {
    signal.throwIfAborted()
    await place.stop()
    const end = await place.ended().catch(() => ({ name: place.name, how: String(error), lastLines: '' }))
    return limit.aborted ? { ...end, how: `it did not serve within ${startLimitMs / 1000} s` } : end
  }
}
