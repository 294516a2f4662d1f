import type { ModelVariant, SessionCache } from '../engine.js'

/**
 * The first tokens of a sequence, computed in whole chunks of a prompt, each chunk in a run of its
 * own.
 */
export interface Prefix {
  /**
   * Scope of reuse: sequences of other scopes cannot use it, nor learn from their speed that it
   * exists.
   */
  readonly scope: string
  readonly tokenIds: Uint32Array
}

interface Entry extends Prefix {
  readonly cache: SessionCache
  readonly lastUsedMs: number
}

/**
 * Prompts of closed sessions, reused by prompts that begin with the same tokens. Only whole chunks
 * are reused: a prompt that is computed from scratch has the same chunks in the same runs, so its
 * keys and values are the same bits.
 */
export class PrefixCache {
  /** Least recently used first. */
  private entries: Entry[] = []
  /** Number of tokens that `find` looked up. */
  queries = 0
  /** Number of tokens that `find` found. */
  hits = 0

  constructor(private readonly maxEntries: number) {}

  get byteLength(): number {
    return this.entries.reduce((sum, { cache }) => sum + bytesOf(cache), 0)
  }

  /** Whether the whole prefix is cached already; it then counts as used. */
  has({ scope, tokenIds }: Prefix, variant: ModelVariant, nowMs: number): boolean {
    const found = this.entries.find(
      (entry) =>
        entry.scope === scope &&
        entry.cache.variant === variant &&
        sharedLength(entry.tokenIds, tokenIds) === tokenIds.length,
    )
    if (found) this.touch(found, nowMs)
    return found !== undefined
  }

  /** @param cache holds exactly the prefix's tokens; the prefix cache owns it from now on */
  add(prefix: Prefix, cache: SessionCache, nowMs: number): void {
    // The copy is needed: the step's tokens are a view into a message.
    this.entries.push({ scope: prefix.scope, tokenIds: prefix.tokenIds.slice(), cache, lastUsedMs: nowMs })
    if (this.entries.length > this.maxEntries) this.dropOldest()
  }

  /**
   * Finds the longest shared prefix in whole chunks. It is shorter than `tokenIds`: at least one
   * token must be run.
   */
  find({ scope, tokenIds }: Prefix, variant: ModelVariant, chunk: number, nowMs: number) {
    let best: Entry | null = null
    let length = 0
    for (const entry of this.entries) {
      if (entry.scope !== scope || entry.cache.variant !== variant) continue
      const shared = Math.min(sharedLength(entry.tokenIds, tokenIds), tokenIds.length - 1)
      const whole = shared - (shared % chunk)
      if (whole > length) [best, length] = [entry, whole]
    }
    this.queries += tokenIds.length
    this.hits += length
    if (best === null) return null
    this.touch(best, nowMs)
    return { cache: best.cache, length }
  }

  /**
   * Drops the least recently used entries until this many bytes are free.
   * @returns the bytes freed
   */
  free(bytes: number): number {
    let freed = 0
    while (freed < bytes && this.entries.length > 0) freed += this.dropOldest()
    return freed
  }

  /** Drops entries that were last used at `beforeMs` or earlier. */
  expire(beforeMs: number): void {
    while ((this.entries[0]?.lastUsedMs ?? Number.POSITIVE_INFINITY) <= beforeMs) this.dropOldest()
  }

  private dropOldest(): number {
    const [oldest, ...remaining] = this.entries
    this.entries = remaining
    const bytes = oldest ? bytesOf(oldest.cache) : 0
    oldest?.cache.close()
    return bytes
  }

  private touch(entry: Entry, nowMs: number): void {
    this.entries = [...this.entries.filter((other) => other !== entry), { ...entry, lastUsedMs: nowMs }]
  }
}

const bytesOf = (cache: SessionCache) => cache.capacity * cache.bytesPerToken

function sharedLength(a: Uint32Array, b: Uint32Array): number {
  const shorter = Math.min(a.length, b.length)
  let length = 0
  while (length < shorter && a[length] === b[length]) length++
  return length
}
