import { resourceExhausted } from '../../errors.js'
import type { Engine } from '../engine.js'
import type { PrefixCache } from './prefix-cache.js'
import type { Session } from './session.js'
import { bytesOf, type SessionTable } from './session-table.js'

/** Part of the budget that prefixes of closed sessions may use. */
const prefixShare = 1 / 4
/** Extra capacity of a session, in tokens, so that its next steps need not grow it. */
const slackTokens = 16

/**
 * Owns the bytes of keys, values and kept rows: their limit, what is held, and what is promised to
 * a job that starts. If bytes are missing, it frees prefixes first, then the batch memory (a
 * mirror of the sessions), then evictable sessions, the least recently used first. It does not know
 * which session may be opened.
 */
export class KvBudget {
  private promised = 0

  constructor(
    readonly limit: number,
    private readonly engine: Engine,
    private readonly sessions: SessionTable,
    private readonly prefixes: PrefixCache,
  ) {}

  /** Bytes of all sessions, of the prefixes, and of the engine's batch memory. */
  get held(): number {
    return this.sessions.byteLength + this.prefixes.byteLength + this.engine.batchMemory.byteLength
  }

  /** Bytes that the engine's batch memory may use in addition to the sessions and the prefixes. */
  get batchLimit(): number {
    return Math.max(0, this.limit - this.sessions.byteLength - this.prefixes.byteLength)
  }

  /** Whether this many more bytes fit without freeing anything. */
  fits(bytes: number): boolean {
    return this.held + bytes <= this.limit
  }

  /**
   * Frees memory until this many more bytes fit.
   * @param evictable sessions that may be evicted, least recently used first
   * @throws ServiceError RESOURCE_EXHAUSTED if they cannot fit; then no session is evicted
   */
  free(bytes: number, evictable = this.sessions.evictable()): void {
    if (bytes <= 0) return
    this.prefixes.free(this.missing(bytes))
    if (!this.fits(bytes)) this.engine.batchMemory.clear()
    let missing = this.missing(bytes)
    if (missing <= 0) return
    const evictableBytes = bytesOf(evictable)
    if (missing > evictableBytes)
      throw resourceExhausted(
        `${bytes} bytes of keys and values are needed, but only ${Math.max(0, bytes - missing + evictableBytes)} of ${this.limit} (TANDEM_KV_BYTES) are available: retry later, send a shorter prompt, or raise the limit`,
      )
    for (const [id, session] of evictable) {
      if (missing <= 0) return
      missing -= session.byteLength
      this.sessions.evict(id)
    }
  }

  /**
   * Calls `reserveAll`, which reserves these bytes for several sessions, so that no session uses
   * slack that another one needs.
   */
  withPromise(needs: ReadonlyMap<string, number>, reserveAll: () => void): void {
    this.promised = [...needs.values()].reduce((a, b) => a + b, 0)
    try {
      reserveAll()
    } finally {
      this.promised = 0
    }
  }

  /**
   * Reserves capacity for `length` tokens in a session, and `rowBytes` for rows, which stay
   * promised to it until its step ends. The capacity doubles if that needs no eviction; otherwise
   * it grows by what is needed and, if possible, a slack.
   */
  reserve(session: Session, length: number, rowBytes: number): void {
    const moreRowBytes = Math.max(0, rowBytes - session.kept.byteLength)
    if (length > session.cache.capacity || moreRowBytes > 0) this.grow(session, length, moreRowBytes)
    session.promisedRowBytes = rowBytes
  }

  /**
   * Frees older prefixes until one more of this size is within their share.
   * @returns whether it then fits
   */
  admitPrefix(bytes: number): boolean {
    const share = this.limit * prefixShare
    if (bytes > share) return false
    this.prefixes.free(this.prefixes.byteLength + bytes - share)
    return this.fits(bytes)
  }

  /** Bytes of a copy of a session that `copyCapacity` sizes. */
  copyBytes(session: Session): number {
    return this.copyCapacity(session) * session.cache.bytesPerToken + session.kept.byteLength
  }

  /** Capacity of a copy, in tokens. */
  copyCapacity({ cache }: Session): number {
    return this.withSlack(cache.length)
  }

  private missing(bytes: number): number {
    return this.held + bytes - this.limit
  }

  private withSlack(length: number): number {
    return Math.max(length, Math.min(length + slackTokens, this.engine.description.contextLength))
  }

  private grow(session: Session, length: number, moreRowBytes: number): void {
    const { capacity, bytesPerToken } = session.cache
    const target = length <= capacity ? capacity : this.targetCapacity(session, length, moreRowBytes)
    this.free((target - capacity) * bytesPerToken + moreRowBytes)
    try {
      session.cache.reserve(target)
    } catch (cause) {
      throw resourceExhausted(
        `the machine has too little memory for ${target * bytesPerToken} bytes of keys and values, although TANDEM_KV_BYTES allows them: lower TANDEM_KV_BYTES`,
        { cause },
      )
    }
  }

  private targetCapacity({ cache }: Session, length: number, moreRowBytes: number): number {
    const capacityWith = (bytes: number) => cache.capacity + Math.floor(bytes / cache.bytesPerToken)
    const unused = this.limit - this.held - this.promised - moreRowBytes
    const freeable = this.prefixes.byteLength + this.engine.batchMemory.byteLength + bytesOf(this.sessions.evictable())
    const doubled = Math.min(2 * cache.capacity, this.engine.description.contextLength)
    return Math.max(
      length,
      Math.min(this.withSlack(length), capacityWith(unused + freeable)),
      Math.min(doubled, capacityWith(unused)),
    )
  }
}
