import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { availableParallelism, hostname } from 'node:os'
import type { Device } from '@tandem/proto'
import type { ComputeDevice } from './engine/compute-device.js'

/** What a model runs on, for those who want to know whether two models take time from each other. */
export async function describeDevice({ kind, unit }: ComputeDevice, threads: number): Promise<Device> {
  const units = kind === 'cpu' ? await ownCores() : [unit]
  return { host: hostname(), kind, units, threads, engineId: randomUUID() }
}

/** The cores that this process may run on: by their numbers where Linux tells, else as many as there are. */
async function ownCores(): Promise<number[]> {
  const status = await readFile('/proc/self/status', 'utf8').catch(() => '')
  const [, list] = /^Cpus_allowed_list:\s*(\S+)$/m.exec(status) ?? []
  return list === undefined ? Array.from({ length: availableParallelism() }, (_, i) => i) : parseCoreList(list)
}

/** "0-2,5" as Linux writes lists of cores: 0, 1, 2, 5. */
export function parseCoreList(list: string): number[] {
  return list.split(',').flatMap((range) => {
    const [first = Number.NaN, last = first] = range.split('-').map(Number)
    return Array.from({ length: last - first + 1 }, (_, i) => first + i)
  })
}
