import type { ModelVariant, SessionCache } from '../engine.js'

/** Tokens at the front of a sequence whose keys and values were computed in whole chunks of a prompt, each in a run of its own. */
export interface Prefix {
  /** Who may use it: sequences of other scopes never see it, nor learn from its speed that it is there. */
  readonly scope: string
  readonly tokenIds: Uint32Array
}

interface Entry extends Prefix {
  readonly cache: SessionCache
  readonly lastUsedMs: number
}

/**
 * Prompts of sessions that are closed, for those that begin alike. Only whole chunks are reused: a prompt that is computed afresh
 * has the same chunks, each alone in its run, so the keys and values are the same bits as if nothing had been reused.
 */
export class PrefixCache {
  /** Least recently used first. */
  private entries: Entry[] = []

  constructor(private readonly maxEntries: number) {}

  get byteLength(): number {
    return this.entries.reduce((sum, { cache }) => sum + bytesOf(cache), 0)
  }

  /** Whether all of a prefix stands here already; it then counts as used. */
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

  /** @param cache of the prefix's tokens and no others; this owns it from now on */
  add(prefix: Prefix, cache: SessionCache, nowMs: number): void {
    // A copy: the step's tokens are a view into a message.
    this.entries.push({ scope: prefix.scope, tokenIds: prefix.tokenIds.slice(), cache, lastUsedMs: nowMs })
    if (this.entries.length > this.maxEntries) this.dropOldest()
  }

  /** The longest common beginning in whole chunks, at least one token shorter than `tokenIds`: what follows is to be run. */
  find({ scope, tokenIds }: Prefix, variant: ModelVariant, chunk: number, nowMs: number) {
    let best: Entry | null = null
    let length = 0
    for (const entry of this.entries) {
      if (entry.scope !== scope || entry.cache.variant !== variant) continue
      const shared = Math.min(sharedLength(entry.tokenIds, tokenIds), tokenIds.length - 1)
      const whole = shared - (shared % chunk)
      if (whole > length) [best, length] = [entry, whole]
    }
    if (best === null) return null
    this.touch(best, nowMs)
    return { cache: best.cache, length }
  }

  /** Gives up the least recently used ones until so many bytes are free; @returns the bytes freed */
  free(bytes: number): number {
    let freed = 0
    while (freed < bytes && this.entries.length > 0) freed += this.dropOldest()
    return freed
  }

  /** Gives up what nobody has used since. */
  expire(beforeMs: number): void {
    while ((this.entries[0]?.lastUsedMs ?? Number.POSITIVE_INFINITY) <= beforeMs) this.dropOldest()
  }

  private dropOldest(): number {
    const [oldest, ...rest] = this.entries
    this.entries = rest
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
  const most = Math.min(a.length, b.length)
  let length = 0
  while (length < most && a[length] === b[length]) length++
  return length
}
