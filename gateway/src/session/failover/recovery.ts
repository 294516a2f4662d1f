import { SessionError, type SessionErrorCode } from '../contract/session-error.js'
import type { Lease } from '../replicas/lease.js'

/** Errors of a replica that is gone: the work continues on any replica, also on its successor. */
const ofLostReplica: ReadonlySet<SessionErrorCode> = new Set(['unavailable', 'changed'])
/** Errors that the same replica would probably repeat: the work continues only on another one. */
const ofThisReplica: ReadonlySet<SessionErrorCode> = new Set(['internal', 'exhausted'])

/**
 * Where work that failed can continue: on any replica, only on another one, or nowhere. The errors
 * of the request itself (its deadline, its client, what it asks for) are the same everywhere.
 */
export function recoveryOf(error: unknown): 'anywhere' | 'elsewhere' | 'nowhere' {
  if (!(error instanceof SessionError)) return 'nowhere'
  if (ofLostReplica.has(error.code)) return 'anywhere'
  return ofThisReplica.has(error.code) ? 'elsewhere' : 'nowhere'
}

/**
 * Tells the replica's circuit about an error, if it says that the replica is broken: not if it is
 * full, or serves another model.
 */
export function reportFault(lease: Pick<Lease<unknown>, 'fail'>, error: unknown): void {
  if (!(error instanceof SessionError)) return
  if (error.code === 'unavailable' || error.code === 'internal') lease.fail(error)
}
