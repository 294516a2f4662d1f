import { type ModelRun, maxRuns } from '../engine/work.js'
import { type MessageWork, noWork } from './served-message.js'

/**
 * Joins the pieces of work that one message was split into. A run that several pieces took part in
 * counts once.
 */
export function mergeWork(pieces: readonly MessageWork[]): MessageWork {
  const ran = pieces.filter(({ runs }) => runs.length > 0)
  if (ran.length === 0) return noWork
  // An engine runs one batch at a time, so the start names the run.
  const byStart = new Map<number, ModelRun>()
  for (const run of ran.flatMap(({ runs }) => runs)) {
    const tokens = run.tokens + (byStart.get(run.startMs)?.tokens ?? 0)
    byStart.set(run.startMs, { ...run, tokens })
  }
  const runs = [...byStart.values()].sort((a, b) => a.startMs - b.startMs)
  return {
    queueUs: Math.min(...ran.map(({ queueUs }) => queueUs)),
    computeUs: Math.round(runs.reduce((sum, { durationMs }) => sum + durationMs, 0) * 1000),
    runs: runs.slice(0, maxRuns),
  }
}
