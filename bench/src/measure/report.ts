import { availableParallelism, cpus, loadavg, totalmem } from 'node:os'
import type { Settings } from '../settings.js'
import { keyOf, type Result } from './result.js'
import type { Estimate } from './statistics.js'

/** The machine of a measurement. */
export interface Hardware {
  readonly processor: string
  readonly cores: number
  readonly memoryBytes: number
  readonly node: string
  /** Load average of the last minute before the measurement. */
  readonly load: number
}

/** What `--json` writes. */
export interface Report {
  readonly cases: Readonly<Record<string, Estimate>>
  /** The reason of each missing number. */
  readonly missing: Readonly<Record<string, string>>
  readonly notes: Readonly<Record<string, readonly string[]>>
  readonly hardware: Hardware
  readonly settings: Settings
  /** ISO 8601 */
  readonly date: string
}

/** Reads the hardware of this machine. */
export const findHardware = (): Hardware => ({
  processor: cpus()[0]?.model.trim() ?? 'unknown processor',
  cores: availableParallelism(),
  memoryBytes: totalmem(),
  node: process.versions.node,
  load: loadavg()[0] ?? 0,
})

/** Creates the report of results. */
export function reportOf(results: readonly Result[], hardware: Hardware, settings: Settings, date: Date): Report {
  const cases: Record<string, Estimate> = {}
  const missing: Record<string, string> = {}
  const notes: Record<string, readonly string[]> = {}
  for (const result of results) {
    const key = keyOf(result)
    if (result.type === 'missing') missing[key] = result.reason
    else {
      cases[key] = result.measurement.estimate
      notes[key] = result.measurement.notes
    }
  }
  return { cases, missing, notes, hardware, settings, date: date.toISOString() }
}

/** Returns the line below the table: hardware, settings and date. */
export function settingLine({ hardware, settings, date }: Omit<Report, 'cases' | 'missing' | 'notes'>): string {
  const { processor, cores, memoryBytes, node, load } = hardware
  return (
    `${processor}, ${cores} ${cores === 1 ? 'core' : 'cores'}, ${(memoryBytes / 2 ** 30).toFixed(0)} GiB, load ${load.toFixed(1)} before; Node ${node}; ` +
    `the ${settings.length} form (${settings.rounds} prompts of ${settings.maxTokens} tokens, ` +
    `${settings.engineRounds} rounds of ${settings.engineSteps} engine steps, ${settings.starts} starts); ${date.slice(0, 10)}.`
  )
}
