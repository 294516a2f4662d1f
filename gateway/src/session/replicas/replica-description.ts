import type { GetLoadResponse__Output } from '@tandem/proto'
import type { ProbeState } from './probe.js'

/**
 * What a replica does: what its probe found, and whether the circuit lets sessions through.
 *  - connecting, refused: as the probe found
 *  - draining: it shuts down, or its address is gone; it takes no new sessions
 *  - ejected: it answers probes, but its sessions fail
 *  - ready: it takes sessions
 */
export type ReplicaState = Exclude<ProbeState, 'serving'> | 'ejected' | 'ready'

/** One replica, for people and programs that watch it. */
export interface ReplicaDescription {
  readonly address: string
  readonly state: ReplicaState
  /** Why it takes no sessions, or null if it does. */
  readonly fault: string | null
  /** What it serves, or served when it last answered; null if it never did. */
  readonly version: string | null
  readonly release: string | null
  /** What it last reported, or null. */
  readonly load: GetLoadResponse__Output | null
  /** Sessions of this gateway. */
  readonly sessions: number
}
