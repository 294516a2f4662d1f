import type { Held } from '../errors.js'
import type { SessionCache } from './engine.js'
import { KeptRows } from './kept-rows.js'
import { TokenHistory } from './token-history.js'

/** What a service holds of one sequence. The cache's tokens are the history's tokens, always. */
export class Session {
  kept = KeptRows.none
  lastUsedMs = 0

  constructor(
    readonly cache: SessionCache,
    readonly history = new TokenHistory(),
  ) {}

  get held(): Held {
    return { position: this.history.length, prefixHash: this.history.hashAt(this.history.length) }
  }

  get byteLength(): number {
    return this.cache.capacity * this.cache.bytesPerToken + this.kept.byteLength
  }

  truncate(position: number): void {
    this.cache.truncate(position)
    this.history.truncate(position)
    this.kept = this.kept.truncate(position)
  }

  copy(capacity: number): Session {
    const copy = new Session(this.cache.copy(capacity), this.history.copy())
    copy.kept = this.kept
    return copy
  }

  close(): void {
    this.cache.close()
  }
}
