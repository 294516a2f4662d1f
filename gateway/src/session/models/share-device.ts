import type { Device__Output } from '@tandem/proto'

/**
 * Returns whether two services slow each other down: they share an accelerator, or
 * both together need more threads than they have cores. Two models of one engine do
 * not, because their steps run together.
 */
export function shareDevice(a: Device__Output | null, b: Device__Output | null): boolean {
  if (!a || !b || a.engineId === b.engineId || a.host !== b.host || a.kind !== b.kind) return false
  const cores = new Set([...a.units, ...b.units])
  const overlap = a.units.length + b.units.length > cores.size
  return a.kind === 'cpu' ? cores.size < a.threads + b.threads : overlap
}
