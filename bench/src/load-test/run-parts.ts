import type { RequestRecord } from '../load/request-record.js'
import type { LoadRun } from '../load/run-load.js'
import { summarizeLoad } from '../load/summarize-load.js'
import type { LoadArguments } from './arguments.js'
import type { RatedLoad } from './find-knee.js'

/** Called with each load when it has ended. */
export type OnLoad = (load: RatedLoad) => void

/** A part of a run, after the parts before it. */
export interface Part {
  readonly name: string
  /** Null for a closed loop. */
  readonly perSecond: number | null
  readonly seconds: number
}

/** Summarizes the parts of a run. */
export function summarizeParts(
  run: LoadRun,
  parts: readonly Part[],
  { level }: LoadArguments,
  onLoad: OnLoad,
): RatedLoad[] {
  let { fromMs } = run.window
  return parts.map(({ name, perSecond, seconds }) => {
    const window = { fromMs, toMs: fromMs + 1000 * seconds }
    fromMs = window.toMs
    const load = { name, perSecond, summary: summarizeLoad({ ...run, window }, level) }
    onLoad(load)
    return load
  })
}

/** Returns the requests that were sent in the window. */
export const measuredRecords = ({ records, window }: LoadRun): readonly RequestRecord[] =>
  records.filter(({ sentAtMs }) => sentAtMs >= window.fromMs && sentAtMs < window.toMs)
