/** Something that was started, and how it is ended. */
export interface Opened<T> {
  readonly value: T
  close(): Promise<void>
}

interface Kept<T> extends Opened<T> {
  users: number
}

/**
 * Keeps what takes long to start for the next case that wants the same, up to a number of them: beyond that the one is ended that was not
 * used for longest. One that a case broke on is not kept. Whoever makes a keeper closes it.
 */
export class Keeper<T> {
  /** The least recently used first. */
  private readonly kept = new Map<string, Kept<T>>()

  constructor(private readonly most: number) {}

  /** @param key equal for what can stand for each other */
  async use<R>(key: string, open: () => Promise<Opened<T>>, work: (value: T) => Promise<R>): Promise<R> {
    const found = this.kept.get(key) ?? (await this.openFor(open))
    this.kept.delete(key)
    this.kept.set(key, found)
    found.users++
    try {
      return await work(found.value)
    } catch (error) {
      this.kept.delete(key)
      await found.close()
      throw error
    } finally {
      found.users--
    }
  }

  async close(): Promise<void> {
    for (const [key, { close }] of [...this.kept]) {
      this.kept.delete(key)
      await close()
    }
  }

  /** Ends others first: what is started must have the machine to itself. */
  private async openFor(open: () => Promise<Opened<T>>): Promise<Kept<T>> {
    for (const [key, { users, close }] of [...this.kept]) {
      if (this.kept.size < this.most) break
      if (users > 0) continue
      this.kept.delete(key)
      await close()
    }
    return { ...(await open()), users: 0 }
  }
}
