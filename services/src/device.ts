import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { availableParallelism, hostname } from 'node:os'
import type { Device } from '@tandem/proto'
import type { Logger } from 'pino'
import type { ComputeDevice } from './engine/compute-device.js'
import type { EngineDescription } from './engine/engine.js'
import type { ServiceConfig } from './service-config.js'

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

/** Says in the log what a person would not expect of the device that a model came to. */
export function warnOfDevice({ device, name }: EngineDescription, { devices }: ServiceConfig, log: Logger): void {
  if (device.kind !== devices[0]?.kind)
    log.warn(`fell back to ${name}: the devices before it in TANDEM_DEVICE cannot be used`)
  if (device.kind === 'cuda') log.warn('on cuda keys and values pass through host memory in each step')
}
