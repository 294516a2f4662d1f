import { setFlagsFromString } from 'node:v8'

/** Bytes of outputs after which they are collected. A collection takes about 1.4 ms. */
const collectAtBytes = 8 * 1024 * 1024

/**
 * Frees outputs of the graph that are not used any more. They lie outside V8's heap, which is small
 * and seldom full: without this, tens of MB of them wait for a collection of the whole heap, which
 * then stops the thread for several ms.
 */
export class OutputGarbage {
  private bytes = 0

  /** @param bytes size of the outputs of a run */
  add(bytes: number): void {
    this.bytes += bytes
    if (this.bytes < collectAtBytes) return
    this.bytes = 0
    globalThis.gc?.({ type: 'minor' })
  }
}

/** Exposes `gc`, which OutputGarbage calls, to all threads that are started from now on. */
export const exposeGc = (): void => setFlagsFromString('--expose-gc')
