import { availableParallelism, freemem, totalmem } from 'node:os'

export interface MachineFacts {
  /** `20.11.0` */
  readonly nodeVersion: string
  readonly cores: number
  readonly totalBytes: number
  readonly freeBytes: number
}

/** Of this machine, or of the container's share of it. */
export function readMachineFacts(): MachineFacts {
  const constrained = process.constrainedMemory()
  const totalBytes = constrained > 0 ? Math.min(constrained, totalmem()) : totalmem()
  const freeBytes = Math.min(freemem(), totalBytes)
  return { nodeVersion: process.versions.node, cores: availableParallelism(), totalBytes, freeBytes }
}

