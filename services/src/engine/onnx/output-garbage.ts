import { setFlagsFromString } from 'node:v8'

/** Collecting takes about 1.4 ms. */
const collectAtBytes = 8 * 1024 * 1024

/**
 * Frees outputs of the graph that nobody holds any more. They lie outside V8's heap, which is small and seldom full: left alone,
 * tens of MB of them wait for a collection of the whole heap, which then stops the thread for several ms.
 */
export class OutputGarbage {
  private bytes = 0

  /** @param bytes of outputs that were made */
  add(bytes: number): void {
    this.bytes += bytes
    if (this.bytes < collectAtBytes) return
    this.bytes = 0
    globalThis.gc?.({ type: 'minor' })
  }
}

/** Gives threads that are started from now on the function that OutputGarbage collects by. */
export const allowCollection = (): void => setFlagsFromString('--expose-gc')
