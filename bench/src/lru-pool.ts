/** A started process and the way to end it. */
export interface Opened<T> {
  readonly value: T
  close(): Promise<void>
}

interface Entry<T> extends Opened<T> {
  users: number
}

/**
 * A pool of processes that take long to start. The next case that needs the same process reuses it.
 * A full pool ends the process that was used least recently before it opens another. A process is
 * removed if a case fails on it. The owner of a pool closes it.
 */
export class LruPool<T> {
  /** Entries in the order of their last use, oldest first. */
  private readonly entries = new Map<string, Entry<T>>()

  constructor(private readonly capacity: number) {}

  /**
   * Runs `work` on the entry with this key, and opens the entry first if the pool does not have it.
   * @param key equal for processes that can replace each other
   */
  async use<R>(key: string, open: () => Promise<Opened<T>>, work: (value: T) => Promise<R>): Promise<R> {
    const found = this.entries.get(key) ?? (await this.open(open))
    this.entries.delete(key)
    this.entries.set(key, found)
    found.users++
    try {
      return await work(found.value)
    } catch (error) {
      this.entries.delete(key)
      await found.close()
      throw error
    } finally {
      found.users--
    }
  }

  /** Closes all entries. */
  async close(): Promise<void> {
    for (const [key, { close }] of [...this.entries]) {
      this.entries.delete(key)
      await close()
    }
  }

  /**
   * Closes old entries before it opens the new one, so that the new process starts on an idle
   * machine.
   */
  private async open(open: () => Promise<Opened<T>>): Promise<Entry<T>> {
    for (const [key, { users, close }] of [...this.entries]) {
      if (this.entries.size < this.capacity) break
      if (users > 0) continue
      this.entries.delete(key)
      await close()
    }
    return { ...(await open()), users: 0 }
  }
}
