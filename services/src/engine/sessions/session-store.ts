import { emptyPrefixHash } from '@tandem/proto/messages'
import { failedPrecondition, resourceExhausted } from '../../errors.js'
import type { Engine, ModelVariant } from '../engine.js'
import type { EngineStats } from '../engine-stats.js'
import { KvBudget } from './kv-budget.js'
import { type Prefix, PrefixCache } from './prefix-cache.js'
import { Session } from './session.js'
import { bytesOf, SessionTable } from './session-table.js'
import type { StoreLimits } from './store-limits.js'

/** sessions/ owns sessions and their bytes; it does not know jobs, schedules or ports. */

/**
 * Whether a job fits: `later` once other sessions end, `never` if it would not fit even by
 * itself.
 */
export type Fit = 'now' | 'later' | 'never'

/**
 * Holds sessions by id. They are soft state: a session that is in use or was used within `graceMs`
 * is not evicted; any other session may be evicted if its place or its bytes are needed. If that is
 * not enough: RESOURCE_EXHAUSTED, and nothing changes.
 */
export class SessionStore {
  readonly budget: KvBudget
  private readonly sessions: SessionTable
  private readonly prefixes: PrefixCache

  constructor(
    private readonly engine: Engine,
    private readonly limits: StoreLimits,
    private readonly now: () => number = () => performance.now(),
  ) {
    this.sessions = new SessionTable(limits.graceMs, now)
    this.prefixes = new PrefixCache(limits.maxSessions)
    this.budget = new KvBudget(limits.maxBytes, engine, this.sessions, this.prefixes)
  }

  get size(): number {
    return this.sessions.size
  }

  get(id: string): Session | undefined {
    return this.sessions.get(id)
  }

  /** Protects these ids from eviction until `release`, whether they are held already or not. */
  use(ids: Iterable<string>): void {
    this.sessions.use(ids)
  }

  release(ids: Iterable<string>): void {
    this.sessions.release(ids)
  }

  /**
   * Says whether the sessions of one job fit next to the sessions that cannot be evicted for
   * it.
   * @param ids all sessions of the job
   * @param needs bytes that each of the sessions that are opened or that grow will hold
   */
  fits(ids: ReadonlySet<string>, needs: ReadonlyMap<string, number>): Fit {
    const own = [...ids].filter((id) => needs.has(id) || this.sessions.has(id))
    const heldBytes = (id: string) => this.sessions.get(id)?.byteLength ?? 0
    const needsMore = own.some((id) => !this.sessions.has(id) || (needs.get(id) ?? 0) > heldBytes(id))
    if (!needsMore) return 'now'
    const { maxBytes, maxSessions } = this.limits
    const ownBytes = sum(own.map((id) => Math.max(heldBytes(id), needs.get(id) ?? 0)))
    if (ownBytes > maxBytes || own.length > maxSessions) return 'never'
    const others = this.sessions.protectedFrom(ids)
    return ownBytes + bytesOf(others) <= maxBytes && own.length + others.length <= maxSessions ? 'now' : 'later'
  }

  /** Milliseconds until another session can be evicted; 0 if no session is within its grace. */
  get nextEvictableMs(): number {
    return this.sessions.nextEvictableMs
  }

  /** Opens a new, empty session. */
  open(id: string, variant: ModelVariant = 'adapted'): Session {
    this.freeSlot()
    const session = new Session(this.engine.createCache(variant))
    this.sessions.touch(id, session)
    return session
  }

  /** Closes a session. A prefix of it may stay for reuse. */
  close(id: string): void {
    const session = this.sessions.get(id)
    if (session) this.keepPrefix(session)
    this.sessions.close(id)
  }

  /**
   * Copies the longest prefix that a closed session shares with this new one; capacity has been
   * reserved.
   * @returns number of tokens that the session holds now
   */
  reusePrefix(session: Session, prefix: Prefix, chunk: number): number {
    const found = this.prefixes.find(prefix, session.cache.variant, chunk, this.now())
    if (found === null) return 0
    session.cache.copyFrom(found.cache, found.length)
    return found.length
  }

  /** Closes sessions and prefixes that have been idle for the TTL. */
  sweep(): void {
    for (const [id] of this.sessions.idle(this.limits.ttlMs)) this.sessions.close(id)
    this.prefixes.expire(this.now() - this.limits.ttlMs)
    if (this.sessions.size < 2) this.engine.batchMemory.clear()
  }

  /** Writes what the store holds and has done. This reads the size of each session. */
  writeStats(stats: EngineStats): void {
    stats.set('sessions', this.size)
    stats.set('kvBytes', this.budget.held)
    stats.set('prefixQueries', this.prefixes.queries)
    stats.set('prefixHits', this.prefixes.hits)
    stats.set('evictions', this.sessions.evictions)
  }

  /**
   * Makes `to` a copy of `from`, replacing what it held. A fork cannot wait for memory, so any idle
   * session may be evicted for it, also within the grace.
   */
  fork(from: string, to: string): void {
    const parent = this.require(from)
    if (from === to) return
    const replaced = this.sessions.get(to)
    if (replaced === undefined) this.freeSlot(this.sessions.idle())
    this.budget.free(this.budget.copyBytes(parent) - (replaced?.byteLength ?? 0), this.sessions.idle())
    this.sessions.close(to)
    this.sessions.touch(to, this.copyOf(parent))
  }

  /**
   * Makes each session i continue what session parents[i] held. A session that has one child is
   * passed on without a copy.
   */
  reorder(ids: readonly string[], parents: readonly number[]): void {
    const sources = parents.map((parent) => this.require(ids[parent] as string))
    const passedOn = new Set<Session>()
    const repeats = sources.filter((source) => passedOn.has(source) || !passedOn.add(source))
    const dropped = ids.flatMap((id) => this.sessions.get(id) ?? []).filter((session) => !passedOn.has(session))
    const needed = sum(repeats.map((source) => this.budget.copyBytes(source)))
    this.budget.free(needed - sum(dropped.map((session) => session.byteLength)), this.sessions.idle())
    for (const session of dropped) session.close()
    passedOn.clear()
    sources.forEach((source, i) => {
      const child = passedOn.has(source) ? this.copyOf(source) : source
      passedOn.add(source)
      this.sessions.touch(ids[i] as string, child)
    })
  }

  /**
   * Keeps a session's prefix for reuse if it fits into the part of the budget that sessions do not
   * need.
   */
  private keepPrefix({ prefix, cache }: Session): void {
    if (prefix === null || prefix.tokenIds.length === 0 || this.prefixes.has(prefix, cache.variant, this.now())) return
    const { length } = prefix.tokenIds
    if (!this.budget.admitPrefix(length * cache.bytesPerToken)) return
    cache.truncate(length)
    this.prefixes.add(prefix, cache.copy(length), this.now())
  }

  private require(id: string): Session {
    const session = this.sessions.get(id)
    if (session !== undefined) return session
    throw failedPrecondition(
      `session "${id}" is not held (closed, evicted or idle too long): replay it from position 0`,
      { position: 0, prefixHash: emptyPrefixHash },
    )
  }

  private copyOf(session: Session): Session {
    return session.copy(this.budget.copyCapacity(session))
  }

  /** Evicts the least recently used of these sessions if no place is left for one more. */
  private freeSlot(evictable = this.sessions.evictable()): void {
    if (this.sessions.size < this.limits.maxSessions) return
    const [oldest] = evictable
    if (oldest === undefined)
      throw resourceExhausted(
        `all ${this.limits.maxSessions} sessions (TANDEM_MAX_SESSIONS) are in use or were used a moment ago: retry later, or raise the limit`,
      )
    this.sessions.evict(oldest[0])
  }
}

const sum = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0)
