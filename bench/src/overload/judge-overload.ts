import type { LoadSummary } from '../load/summarize-load.js'

/** A load with its name in the table. */
export type NamedLoad = readonly [name: string, summary: LoadSummary]

/** What must hold under overload, and whether it does. */
export interface Check {
  readonly what: string
  readonly found: string
  readonly holds: boolean
}

const leastGoodput = 0.9

/** Compares an overload with the loads up to saturation. */
export function judgeOverload(sweep: readonly NamedLoad[], overload: LoadSummary): readonly Check[] {
  const peak = Math.max(...sweep.map(([, { goodputPerSecond }]) => goodputPerSecond))
  const ratio = overload.goodputPerSecond / peak
  const statuses = Object.keys(overload.statuses)
  const { outcomes } = overload
  return [
    {
      what: `goodput / peak goodput of at least ${leastGoodput}`,
      found: `${overload.goodputPerSecond.toFixed(2)} / ${peak.toFixed(2)} = ${ratio.toFixed(2)}`,
      holds: ratio >= leastGoodput,
    },
    {
      what: 'only the statuses 200 and 429',
      found: statuses.join(', '),
      holds: statuses.every((status) => status === '200' || status === '429'),
    },
    {
      what: 'each 429 has a Retry-After',
      found: `${overload.withoutRetryAfter} without`,
      holds: overload.withoutRetryAfter === 0,
    },
    {
      what: 'each accepted answer is complete',
      found: `${outcomes.failed} failed, ${outcomes.incomplete} incomplete`,
      holds: outcomes.failed + outcomes.incomplete === 0,
    },
    {
      what: 'the client kept nothing back',
      found: `${overload.dropped} dropped`,
      holds: overload.dropped === 0,
    },
  ]
}

/** Returns the load with the most completed answers per second. */
export function findSaturation(sweep: readonly NamedLoad[]): number {
  return Math.max(...sweep.map(([, { requestsPerSecond }]) => requestsPerSecond))
}
