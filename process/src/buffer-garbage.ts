import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

type CollectYoung = () => void

let collector: CollectYoung | undefined

/**
 * Frees large buffers soon after their last use. They lie outside V8's heap, which is small and
 * seldom full: without this, tens of MB of them wait for a collection of the whole heap, which then
 * stops the thread for tens of ms (docs/decisions/memory.md).
 */
export class BufferGarbage {
  private bytes = 0

  /** @param limit bytes of new buffers after which unused ones are freed; it takes about 1.4 ms */
  constructor(private readonly limit = 8 * 1024 * 1024) {}

  /** @param bytes size of buffers that were created and are soon not used any more */
  add(bytes: number): void {
    this.bytes += bytes
    if (this.bytes < this.limit) return
    this.bytes = 0
    collector ??= findCollector()
    collector()
  }
}

/** Finds V8's `gc`. Contexts that exist already do not get it. */
function findCollector(): CollectYoung {
  setFlagsFromString('--expose-gc')
  const gc = runInNewContext('gc') as (options: { readonly type: 'minor' }) => void
  return () => gc({ type: 'minor' })
}
