import type { GetModelResponse__Output } from '@tandem/proto'
import type { Wish } from './lease.js'

/** What a replica needs of its set. */
export interface ReplicaHome {
  /** Returns why the model does not fit the others, or null. */
  findMismatch(model: GetModelResponse__Output): string | null
  /** Whether no other replica takes sessions. */
  isAlone(replica: unknown): boolean
  /** Whether another replica is ready for sessions of this version and release. */
  canMove(wish: Wish): boolean
  /** The process behind the address is another one, or may be: its cache is gone. */
  onRestart(address: string): void
  /** Sessions that wait may try again. */
  onChange(): void
}
