import type { GetLoadResponse__Output } from '@tandem/proto'

/** Sessions that a replica is assumed to hold if it does not say. */
const assumedSessions = 64

/** A session that this gateway opened. */
export interface OpenedSession {
  readonly openedMs: number
  /** What its prompt needs at least. */
  readonly kvBytes: number
}

/**
 * The free room of a replica: what it last reported, less the sessions that this gateway has opened
 * since. Without them, all requests between two reports would go to the same replica.
 */
export class Room {
  /** What the replica reported last. */
  load: GetLoadResponse__Output | null = null
  private isFull = false
  private readonly opened = new Set<OpenedSession>()

  /**
   * Takes a report.
   * @param askedMs when it was asked for: sessions that were opened later may be missing in it
   */
  report(load: GetLoadResponse__Output, askedMs: number): void {
    this.load = load
    this.isFull = false
    for (const session of this.opened) if (session.openedMs < askedMs) this.opened.delete(session)
  }

  /** A session was refused because the replica is full. It counts as full until its next report. */
  markFull(): void {
    this.isFull = true
  }

  open(kvBytes: number, nowMs: number): OpenedSession {
    const session = { openedMs: nowMs, kvBytes }
    this.opened.add(session)
    return session
  }

  close(session: OpenedSession): void {
    this.opened.delete(session)
  }

  /** The free part, from 0 (full) to 1 (empty). */
  get free(): number {
    if (this.isFull) return 0
    const {
      sessions = 0,
      maxSessions = 0,
      kvBytes = '0',
      maxKvBytes = '0',
      queued = 0,
      maxQueued = 0,
    } = this.load ?? {}
    const own = this.opened.size
    const ownBytes = [...this.opened].reduce((sum, session) => sum + session.kvBytes, 0)
    const freeSessions = freePart(sessions + own, maxSessions === 0 ? assumedSessions : maxSessions)
    const freeQueue = freePart(queued + own, maxQueued)
    // Memory counts half: it includes cached prefixes, which a service frees when it must.
    const freeMemory = (1 + freePart(Number(kvBytes) + ownBytes, Number(maxKvBytes))) / 2
    return Math.min(freeSessions, freeQueue, freeMemory)
  }
}

/** @param max 0 means that there is no limit */
const freePart = (used: number, max: number): number => (max === 0 ? 1 : Math.max(0, 1 - used / max))
