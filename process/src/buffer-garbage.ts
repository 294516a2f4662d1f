import { collectGarbage } from './collect-garbage.js'

/**
 * Frees large buffers soon after their last use. They lie outside V8's heap, which is small and
 * seldom full: without this, tens of MB of them wait for a collection of the whole heap, which then
 * stops the thread for tens of ms (docs/decisions/memory.md).
 */
export class BufferGarbage {
  private bytes = 0

  /** @param limit bytes of new buffers after which unused ones are freed */
  constructor(private readonly limit = 8 * 1024 * 1024) {}

  /** @param bytes size of buffers that were created and are soon not used any more */
  add(bytes: number): void {
    this.bytes += bytes
    if (this.bytes < this.limit) return
    this.bytes = 0
    collectGarbage('minor')
  }
}
