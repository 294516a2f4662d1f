import { emptyPrefixHash } from '@tandem/proto'
import { failedPrecondition, resourceExhausted } from '../../errors.js'
import type { Engine, ModelVariant } from '../engine.js'
import { type Prefix, PrefixCache } from './prefix-cache.js'
import { Session } from './session.js'
import { bytesOf, SessionTable } from './session-table.js'

export interface StoreLimits {
  maxSessions: number
  /** Of keys, values and kept rows, all sessions together, and of what the engine keeps beside them for batches. */
  maxBytes: number
  /** A session that nobody uses for so long is closed. */
  ttlMs: number
  /** A session that was used less long ago is between two steps of an answer: it is not evicted for others. */
  graceMs: number
}

/** Whether the budget has room for what a request needs: `later` once others give it up, `never` not even alone. */
export type Room = 'now' | 'later' | 'never'

/** Of the budget, what prompts of closed sessions may take. */
const prefixShare = 1 / 4
/** Tokens of room that a session gets beyond what it needs, so that its next step need not grow it. */
const slack = 16

/**
 * Sessions by id, least recently used first. They are soft state: one that has been idle for the grace gives way where room is
 * needed; one in use, or used a moment ago, never does.
 * What does not fit even so is RESOURCE_EXHAUSTED and changes nothing.
 */
export class SessionStore {
  private readonly sessions: SessionTable
  private readonly prefixes: PrefixCache
  /** Promised to the steps of a request that is being started: no slack is taken from it. */
  private promisedBytes = 0

  constructor(
    private readonly engine: Engine,
    private readonly limits: StoreLimits,
    private readonly now: () => number = () => performance.now(),
  ) {
    this.sessions = new SessionTable(limits.graceMs, now)
    this.prefixes = new PrefixCache(limits.maxSessions)
  }

  get size(): number {
    return this.sessions.size
  }

  get byteLength(): number {
    return this.sessions.byteLength + this.prefixes.byteLength + this.engine.batchMemory.byteLength
  }

  /** What the engine's batch memory may take beside the sessions. */
  get batchBytes(): number {
    return Math.max(0, this.limits.maxBytes - this.sessions.byteLength - this.prefixes.byteLength)
  }

  get(id: string): Session | undefined {
    return this.sessions.get(id)
  }

  /** From now until `release` these ids are not evicted, whether they are held already or not. */
  use(ids: Iterable<string>): void {
    this.sessions.use(ids)
  }

  release(ids: Iterable<string>): void {
    this.sessions.release(ids)
  }

  /**
   * @param needs bytes that each of the ids will take, where it is to be held or to grow; ids of one request
   * @returns `now` too where nothing more is needed than is held
   */
  roomFor(ids: ReadonlySet<string>, needs: ReadonlyMap<string, number>): Room {
    const own = [...ids].filter((id) => needs.has(id) || this.sessions.has(id))
    const heldBytes = (id: string) => this.sessions.get(id)?.byteLength ?? 0
    const isMore = own.some((id) => !this.sessions.has(id) || (needs.get(id) ?? 0) > heldBytes(id))
    if (!isMore) return 'now'
    const { maxBytes, maxSessions } = this.limits
    const ownBytes = sum(own.map((id) => Math.max(heldBytes(id), needs.get(id) ?? 0)))
    if (ownBytes > maxBytes || own.length > maxSessions) return 'never'
    const others = this.sessions.unyielding(ids)
    const otherBytes = bytesOf(others)
    return ownBytes + otherBytes <= maxBytes && own.length + others.length <= maxSessions ? 'now' : 'later'
  }

  /** Runs what reserves those bytes for several sessions; none of them takes slack that another one needs. */
  promising(needs: ReadonlyMap<string, number>, start: () => void): void {
    this.promisedBytes = sum([...needs.values()])
    try {
      start()
    } finally {
      this.promisedBytes = 0
    }
  }

  /** Until one session more may be evicted; 0 where none is left within its grace. */
  get nextEvictableMs(): number {
    return this.sessions.nextEvictableMs
  }

  /** A new, empty session. */
  open(id: string, variant: ModelVariant = 'whole'): Session {
    this.makePlace()
    const session = new Session(this.engine.createCache(variant))
    this.sessions.touch(id, session)
    return session
  }

  /** Ends a session; what others may reuse of it stays. */
  close(id: string): void {
    const session = this.sessions.get(id)
    if (session) this.keepPrefix(session)
    this.sessions.evict(id)
  }

  /**
   * Puts what a closed session's prompt shares with this one into a new session, which has room for it.
   * @returns tokens that the session holds now
   */
  reusePrefix(session: Session, prefix: Prefix, chunk: number): number {
    const found = this.prefixes.find(prefix, session.cache.variant, chunk, this.now())
    if (found === null) return 0
    session.cache.take(found.cache, found.length)
    return found.length
  }

  /** Closes what has been idle for the TTL. */
  sweep(): void {
    for (const [id] of this.sessions.idle(this.limits.ttlMs)) this.sessions.evict(id)
    this.prefixes.expire(this.now() - this.limits.ttlMs)
    if (this.sessions.size < 2) this.engine.batchMemory.clear()
  }

  /**
   * Makes room in a session for `length` tokens in all, and for `keptBytes` of rows, which stay promised to it until its step ends.
   * Doubles the room where the budget has it to spare, takes what is needed where it has not.
   */
  reserve(session: Session, length: number, keptBytes: number): void {
    const { capacity } = session.cache
    const more = Math.max(0, keptBytes - session.kept.byteLength)
    if (length > capacity || more > 0) this.grow(session, length, more)
    session.promisedRowBytes = keptBytes
  }

  /** `to` becomes a copy of `from`, replacing what it held. It cannot wait for room, so whoever is idle gives way, within the grace too. */
  fork(from: string, to: string): void {
    const parent = this.require(from)
    if (from === to) return
    const replaced = this.sessions.get(to)
    if (replaced === undefined) this.makePlace(this.sessions.idle())
    this.makeRoom(this.copyBytes(parent) - (replaced?.byteLength ?? 0), this.sessions.idle())
    this.sessions.evict(to)
    this.sessions.touch(to, this.copyOf(parent))
  }

  /** Session i goes on from what session parents[i] held, all at once. A session that has one child is handed on, not copied. */
  reorder(ids: readonly string[], parents: readonly number[]): void {
    const sources = parents.map((parent) => this.require(ids[parent] as string))
    const handedOn = new Set<Session>()
    const repeats = sources.filter((source) => handedOn.has(source) || !handedOn.add(source))
    const dropped = ids.flatMap((id) => this.sessions.get(id) ?? []).filter((session) => !handedOn.has(session))
    const needed = sum(repeats.map((source) => this.copyBytes(source)))
    this.makeRoom(needed - sum(dropped.map((session) => session.byteLength)), this.sessions.idle())
    for (const session of dropped) session.close()
    handedOn.clear()
    sources.forEach((source, i) => {
      const child = handedOn.has(source) ? this.copyOf(source) : source
      handedOn.add(source)
      this.sessions.touch(ids[i] as string, child)
    })
  }

  /** Prompts kept for reuse take a part of the budget that sessions do not need, and no more than their share. */
  private keepPrefix({ prefix, cache }: Session): void {
    if (prefix === null || prefix.tokenIds.length === 0 || this.prefixes.has(prefix, cache.variant, this.now())) return
    const bytes = prefix.tokenIds.length * cache.bytesPerToken
    const share = this.limits.maxBytes * prefixShare
    if (bytes > share) return
    this.prefixes.free(this.prefixes.byteLength + bytes - share)
    if (this.byteLength + bytes > this.limits.maxBytes) return
    cache.truncate(prefix.tokenIds.length)
    this.prefixes.add(prefix, cache.copy(prefix.tokenIds.length), this.now())
  }

  private require(id: string): Session {
    const session = this.sessions.get(id)
    if (session === undefined)
      throw failedPrecondition(
        `session "${id}" is not held (closed, evicted or idle too long): replay it from position 0`,
        {
          position: 0,
          prefixHash: emptyPrefixHash,
        },
      )
    return session
  }

  private copyOf(session: Session): Session {
    return session.copy(this.roomy(session.cache.length))
  }

  private copyBytes(session: Session): number {
    return this.roomy(session.cache.length) * session.cache.bytesPerToken + session.kept.byteLength
  }

  private roomy(length: number): number {
    return Math.max(length, Math.min(length + slack, this.engine.description.contextLength))
  }

  private grow(session: Session, length: number, more: number): void {
    const { capacity, bytesPerToken } = session.cache
    const target = length <= capacity ? capacity : this.targetCapacity(session, length, more)
    this.makeRoom((target - capacity) * bytesPerToken + more)
    try {
      session.cache.reserve(target)
    } catch (cause) {
      throw resourceExhausted(
        `the machine has no memory for ${target * bytesPerToken} bytes of keys and values, though TANDEM_KV_BYTES allows them: lower it`,
        { cause },
      )
    }
  }

  /** Twice the room where that needs no eviction; else a little more than needed; else what is needed. */
  private targetCapacity({ cache }: Session, length: number, keptBytes: number): number {
    const affordable = (bytes: number) => cache.capacity + Math.floor(bytes / cache.bytesPerToken)
    const free = this.limits.maxBytes - this.byteLength - keptBytes - this.promisedBytes
    const doubled = Math.min(2 * cache.capacity, this.engine.description.contextLength)
    const modest = Math.min(
      this.roomy(length),
      affordable(
        free + this.prefixes.byteLength + this.engine.batchMemory.byteLength + bytesOf(this.sessions.evictable()),
      ),
    )
    return Math.max(length, modest, Math.min(doubled, affordable(free)))
  }

  /** Room for one session more, where one of these can go for it. */
  private makePlace(evictable = this.sessions.evictable()): void {
    if (this.sessions.size < this.limits.maxSessions) return
    const [oldest] = evictable
    if (oldest === undefined)
      throw resourceExhausted(
        `all ${this.limits.maxSessions} sessions are in use or were a moment ago, the most this service holds (TANDEM_MAX_SESSIONS): try again later, or raise it`,
      )
    this.sessions.evict(oldest[0])
  }

  /**
   * Gives up prompts kept for reuse, then the batch memory, a mirror, and then evicts idle sessions, the least recently used first, until `bytes` more fit;
   * no session where that would not be enough.
   */
  private makeRoom(bytes: number, evictable = this.sessions.evictable()): void {
    if (bytes > 0) this.prefixes.free(this.byteLength + bytes - this.limits.maxBytes)
    if (bytes > 0 && this.byteLength + bytes > this.limits.maxBytes) this.engine.batchMemory.clear()
    let missing = this.byteLength + bytes - this.limits.maxBytes
    if (missing <= 0 || bytes <= 0) return
    const reclaimable = bytesOf(evictable)
    if (missing > reclaimable)
      throw resourceExhausted(
        `${bytes} bytes of keys and values are needed, ${Math.max(0, bytes - missing + reclaimable)} of ${this.limits.maxBytes} (TANDEM_KV_BYTES) can be had: try again later, send a shorter prompt, or raise it`,
      )
    for (const [id, session] of evictable) {
      if (missing <= 0) return
      missing -= session.byteLength
      this.sessions.evict(id)
    }
  }
}

const sum = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0)
