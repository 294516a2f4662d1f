import type { Held } from '../../errors.js'
import type { SessionCache } from '../engine.js'
import { KeptRows } from './kept-rows.js'
import type { Prefix } from './prefix-cache.js'
import { TokenHistory } from './token-history.js'

/** What a service holds of one sequence. The cache's tokens are the history's tokens, always. */
export class Session {
  kept = KeptRows.none
  /** Bytes of rows that a step under way will keep: nobody else may take them until it ends. */
  promisedRowBytes = 0
  lastUsedMs = 0
  /** What others may reuse once this session is closed. */
  prefix: Prefix | null = null

  constructor(
    readonly cache: SessionCache,
    readonly history = new TokenHistory(),
  ) {}

  get held(): Held {
    return { position: this.history.length, prefixHash: this.history.hashAt(this.history.length) }
  }

  get byteLength(): number {
    return this.cache.capacity * this.cache.bytesPerToken + Math.max(this.kept.byteLength, this.promisedRowBytes)
  }

  truncate(position: number): void {
    this.overwrite(position)
    this.cache.truncate(position)
    this.history.truncate(position)
    this.kept = this.kept.truncate(position)
  }

  /** Tokens from `position` on are about to be others. */
  overwrite(position: number): void {
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
