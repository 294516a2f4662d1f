import { PrefixHashes } from '@tandem/proto/messages'
import type { Held } from '../../errors.js'
import type { SessionCache } from '../engine.js'
import { KeptRows } from './kept-rows.js'
import type { Prefix } from './prefix-cache.js'

/** The state of one sequence. The cache and the history always hold the same tokens. */
export class Session {
  kept = KeptRows.none
  /** Bytes of rows that a running step will keep; they are reserved for it until it ends. */
  promisedRowBytes = 0
  lastUsedMs = 0
  /** The prefix that other sessions may reuse once this session is closed. */
  prefix: Prefix | null = null

  constructor(
    readonly cache: SessionCache,
    readonly history = new PrefixHashes(),
  ) {}

  get held(): Held {
    return { position: this.history.length, prefixHash: this.history.hashAt(this.history.length) }
  }

  get byteLength(): number {
    return this.cache.capacity * this.cache.bytesPerToken + Math.max(this.kept.byteLength, this.promisedRowBytes)
  }

  truncate(position: number): void {
    this.dropPrefixAfter(position)
    this.cache.truncate(position)
    this.history.truncate(position)
    this.kept = this.kept.truncate(position)
  }

  /** Drops a prefix that is longer than `position`: the tokens from there on will change. */
  dropPrefixAfter(position: number): void {
    if (this.prefix !== null && position < this.prefix.tokenIds.length) this.prefix = null
  }

  copy(capacity: number): Session {
    const copy = new Session(this.cache.copy(capacity), this.history.copy())
    copy.kept = this.kept
    copy.prefix = this.prefix
    return copy
  }

  close(): void {
    this.cache.close()
  }
}
