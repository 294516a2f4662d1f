import { availableParallelism, freemem, totalmem } from 'node:os'

/** What this machine, or the container, offers. */
export interface MachineFacts {
  /** e.g. `20.11.0` */
  readonly nodeVersion: string
  readonly cores: number
  readonly totalBytes: number
  readonly freeBytes: number
}

/** Reads the facts of this machine. In a container, memory is the container's limit. */
export function readMachineFacts(): MachineFacts {
  const constrained = process.constrainedMemory()
  const totalBytes = constrained > 0 ? Math.min(constrained, totalmem()) : totalmem()
  const freeBytes = Math.min(freemem(), totalBytes)
  return { nodeVersion: process.versions.node, cores: availableParallelism(), totalBytes, freeBytes }
}
