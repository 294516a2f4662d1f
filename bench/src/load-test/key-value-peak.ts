import { setTimeout as delay } from 'node:timers/promises'
import { readLoad } from '@tandem/test'

/** The most that a service held at one time. */
export interface Peak {
  readonly sessions: number
  readonly kvBytes: number
}

const intervalMs = 500

/**
 * Reads what services hold until the signal aborts. Never rejects: a service that does not answer
 * is left out.
 * @returns the peak of each role
 */
export async function watchKeyValues(
  services: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<Readonly<Record<string, Peak>>> {
  const peaks: Record<string, Peak> = {}
  while (!signal.aborted) {
    for (const [role, address] of Object.entries(services)) {
      const load = await readLoad(address).catch(() => null)
      const { sessions, kvBytes } = peaks[role] ?? { sessions: 0, kvBytes: 0 }
      if (load === null) continue
      peaks[role] = { sessions: Math.max(sessions, load.sessions), kvBytes: Math.max(kvBytes, Number(load.kvBytes)) }
    }
    await delay(intervalMs, undefined, { signal }).catch(() => undefined)
  }
  return peaks
}
