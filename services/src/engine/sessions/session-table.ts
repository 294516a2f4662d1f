import type { Session } from './session.js'

/** Sessions by id, least recently used first: who is held, who is used now, and who may be given up. Knows no budget. */
export class SessionTable {
  private readonly sessions = new Map<string, Session>()
  private readonly inUse = new Set<string>()

  /** @param graceMs a session that was used less long ago is between two steps of an answer */
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

  /** From now until `release` these ids are not idle, whether they are held already or not. */
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

  /** Makes it the most recently used. */
  touch(id: string, session: Session): void {
    this.sessions.delete(id)
    this.sessions.set(id, session)
    session.lastUsedMs = this.now()
  }

  evict(id: string): void {
    this.sessions.get(id)?.close()
    this.sessions.delete(id)
  }

  /** Not in use, for at least so long. */
  idle(leastMs = 0): [string, Session][] {
    const isIdle = ([id, session]: [string, Session]) =>
      !this.inUse.has(id) && this.now() - session.lastUsedMs >= leastMs
    return [...this.sessions].filter(isIdle)
  }

  /** Idle for the grace. */
  evictable(): [string, Session][] {
    return this.idle(this.graceMs)
  }

  /** Those that a request with these ids of its own cannot have the place of. */
  unyielding(ownIds: ReadonlySet<string>): [string, Session][] {
    const evictable = new Set(this.evictable().map(([id]) => id))
    return [...this.sessions].filter(([id]) => !ownIds.has(id) && !evictable.has(id))
  }

  /** Until one session more may be evicted; 0 where none is left within its grace. */
  get nextEvictableMs(): number {
    const left = this.idle().map(([, session]) => session.lastUsedMs + this.graceMs - this.now())
    const waits = left.filter((ms) => ms > 0)
    return waits.length === 0 ? 0 : Math.min(...waits)
  }
}

export const bytesOf = (entries: readonly [string, Session][]) =>
  entries.reduce((sum, [, session]) => sum + session.byteLength, 0)
