import type { Session } from './session.js'

/**
 * Sessions by id, least recently used first: which are held, which are in use, and which may be
 * evicted. Knows no budget.
 */
export class SessionTable {
  private readonly sessions = new Map<string, Session>()
  private readonly inUse = new Set<string>()
  /** Number of evicted sessions. */
  evictions = 0

  /**
   * @param graceMs idle time before which a session is not evictable: it is between two steps of an
   * answer
   */
  constructor(
    private readonly graceMs: number,
    private readonly now: () => number,
  ) {}

  get size(): number {
    return this.sessions.size
  }

  get byteLength(): number {
    return bytesOf([...this.sessions])
  }

  get(id: string): Session | undefined {
    return this.sessions.get(id)
  }

  has(id: string): boolean {
    return this.sessions.has(id)
  }

  /** Marks ids as in use until `release`, whether they are held already or not. */
  use(ids: Iterable<string>): void {
    for (const id of ids) this.inUse.add(id)
  }

  release(ids: Iterable<string>): void {
    for (const id of ids) {
      this.inUse.delete(id)
      const session = this.sessions.get(id)
      if (session !== undefined) this.touch(id, session)
    }
  }

  /** Stores a session as the most recently used. */
  touch(id: string, session: Session): void {
    this.sessions.delete(id)
    this.sessions.set(id, session)
    session.lastUsedMs = this.now()
  }

  close(id: string): void {
    this.sessions.get(id)?.close()
    this.sessions.delete(id)
  }

  /** Closes a session because its memory or its place is needed. */
  evict(id: string): void {
    this.evictions++
    this.close(id)
  }

  /** Sessions that are not in use, and have not been used for at least `minMs`. */
  idle(minMs = 0): [string, Session][] {
    const isIdle = ([id, session]: [string, Session]) => !this.inUse.has(id) && this.now() - session.lastUsedMs >= minMs
    return [...this.sessions].filter(isIdle)
  }

  /** Sessions that have been idle for the grace. */
  evictable(): [string, Session][] {
    return this.idle(this.graceMs)
  }

  /** Other sessions that a job with these ids cannot evict. */
  protectedFrom(ownIds: ReadonlySet<string>): [string, Session][] {
    const evictable = new Set(this.evictable().map(([id]) => id))
    return [...this.sessions].filter(([id]) => !ownIds.has(id) && !evictable.has(id))
  }

  /**
   * Milliseconds until another session becomes evictable; 0 if no idle session is within its grace.
   */
  get nextEvictableMs(): number {
    const left = this.idle().map(([, session]) => session.lastUsedMs + this.graceMs - this.now())
    const waits = left.filter((ms) => ms > 0)
    return waits.length === 0 ? 0 : Math.min(...waits)
  }
}

/** Sums the bytes of sessions. */
export const bytesOf = (entries: readonly (readonly [string, Session])[]) =>
  entries.reduce((sum, [, session]) => sum + session.byteLength, 0)
