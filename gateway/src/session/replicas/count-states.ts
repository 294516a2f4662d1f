import type { ReplicaDescription, ReplicaState } from './replica-description.js'

/** Counts replicas by their state. A state without replicas is 0. */
export function countStates(replicas: readonly Pick<ReplicaDescription, 'state'>[]): Record<ReplicaState, number> {
  const counts = { connecting: 0, ready: 0, draining: 0, ejected: 0, refused: 0 }
  for (const { state } of replicas) counts[state]++
  return counts
}
