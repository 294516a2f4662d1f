import type { Device__Output } from '@tandem/proto'

/**
 * Whether two services take time from each other: one accelerator, or fewer cores than their threads together need. Two models of
 * one engine do not: their steps run together.
 */
export function shareDevice(a: Device__Output | null, b: Device__Output | null): boolean {
  if (!a || !b || a.engineId === b.engineId || a.host !== b.host || a.kind !== b.kind) return false
  const cores = new Set([...a.units, ...b.units])
  const overlap = a.units.length + b.units.length > cores.size
  return a.kind === 'cpu' ? cores.size < a.threads + b.threads : overlap
}
