import { SessionError, type SessionErrorCode } from '../contract/session-error.js'

/** Errors that the same replica would probably repeat: the work continues only on another one. */
const ofThisReplica: ReadonlySet<SessionErrorCode> = new Set(['internal', 'exhausted'])

/**
 * Where work that failed can continue: on any replica, only on another one, or nowhere. The errors
 * of the request itself (its deadline, its client, what it asks for) are the same everywhere.
 */
export function recoveryOf(error: unknown): 'anywhere' | 'elsewhere' | 'nowhere' {
  if (!(error instanceof SessionError)) return 'nowhere'
  // The replica is gone: any one will do, also its successor.
  if (error.code === 'unavailable') return 'anywhere'
  return ofThisReplica.has(error.code) ? 'elsewhere' : 'nowhere'
}
