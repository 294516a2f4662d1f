import type { KeyRequest } from '../access/key-usage.js'
import type { Admission } from './admission.js'

/**
 * The places of a request with several prompts, besides the place that it was admitted with. A
 * prompt gets one only if it is free and no other request waits for it, and if the API key has
 * room. All of them are given back at the latest when the request ends.
 */
export class ExtraPlaces {
  private readonly held = new Set<() => void>()
  private isClosed = false

  /** @param request the request's place among those of its API key */
  constructor(
    private readonly admission: Pick<Admission, 'tryAcquire'>,
    private readonly request: Pick<KeyRequest, 'startPrompt'>,
  ) {}

  /** Takes a place. @returns the function that gives it back; null if there is none */
  tryTake(): (() => void) | null {
    const giveBack = this.isClosed ? null : this.take()
    if (giveBack === null) return null
    this.held.add(giveBack)
    return () => {
      if (this.held.delete(giveBack)) giveBack()
    }
  }

  /** Gives all places back. */
  close(): void {
    this.isClosed = true
    for (const giveBack of this.held) giveBack()
    this.held.clear()
  }

  private take(): (() => void) | null {
    const endPrompt = this.request.startPrompt()
    const release = endPrompt && this.admission.tryAcquire()
    if (release === null) {
      endPrompt?.()
      return null
    }
    return () => {
      release()
      endPrompt?.()
    }
  }
}
