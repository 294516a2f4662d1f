/** Limits of the session store. */
export interface StoreLimits {
  readonly maxSessions: number
  /**
   * Maximum bytes of keys, values and kept rows of all sessions, and of the engine's batch memory.
   */
  readonly maxBytes: number
  /** Idle time after which a session is closed, in milliseconds. */
  readonly ttlMs: number
  /**
   * Idle time before which a session is not evicted, in milliseconds: it is between two steps of an
   * answer.
   */
  readonly graceMs: number
}
