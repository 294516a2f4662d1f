import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { availableParallelism, hostname } from 'node:os'
import { parseCoreList } from '@tandem/process'
import type { Device } from '@tandem/proto'
import type { Logger } from 'pino'
import type { ComputeDevice } from './engine/compute-device.js'
import type { EngineDescription } from './engine/engine.js'
import type { ServiceConfig } from './service-config.js'

/**
 * Describes the device that a model runs on, so that a client can see whether two models compete
 * for it.
 */
export async function describeDevice({ kind, unit }: ComputeDevice, threads: number): Promise<Device> {
  const units = kind === 'cpu' ? await allowedCores() : [unit]
  return { host: hostname(), kind, units, threads, engineId: randomUUID() }
}

/** The cores that this process may run on: their numbers on Linux, elsewhere numbers from 0 on. */
async function allowedCores(): Promise<number[]> {
  const status = await readFile('/proc/self/status', 'utf8').catch(() => '')
  const [, list] = /^Cpus_allowed_list:\s*(\S+)$/m.exec(status) ?? []
  return list === undefined ? Array.from({ length: availableParallelism() }, (_, i) => i) : parseCoreList(list)
}

/** Logs what a user may not expect of the device that a model runs on. */
export function warnOfDevice({ device, name }: EngineDescription, { devices }: ServiceConfig, log: Logger): void {
  if (device.kind !== devices[0]?.kind)
    log.warn(`fell back to ${name}: the devices before it in TANDEM_DEVICE cannot be used`)
  if (device.kind === 'cuda') log.warn('on cuda, keys and values are copied through host memory in each step')
}
