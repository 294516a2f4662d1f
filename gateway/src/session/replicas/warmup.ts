/** After this time a session without an answer does not hold up others any more. */
const slotMs = 1_000
/** From this window on, a replica takes as many sessions as come. */
const fullWindow = 64

/** A new session's place in the window. */
export interface WarmupSlot {
  readonly startedMs: number
}

/**
 * Limits the new sessions of a replica that has just come back, so that it does not get all waiting
 * requests at once. At most `window` sessions may wait for their first answer, and each first
 * answer raises the window by one.
 *
 * A slot is free again after a second, also without an answer. Two requests that each wait for a
 * slot of the other's replica would otherwise wait for each other.
 */
export class Warmup {
  private window = Number.POSITIVE_INFINITY
  private slots = new Set<WarmupSlot>()

  /** Begins with a small window. */
  restart(window: number): void {
    this.window = window
    this.slots = new Set()
  }

  /** Whether one more session may begin. */
  admits(nowMs: number): boolean {
    this.expire(nowMs)
    return this.slots.size < this.window
  }

  /** When a slot becomes free without an answer; null if slots are free. */
  nextSlotMs(nowMs: number): number | null {
    if (this.admits(nowMs)) return null
    const [oldest] = this.slots
    return oldest ? oldest.startedMs + slotMs : null
  }

  begin(nowMs: number): WarmupSlot {
    const slot = { startedMs: nowMs }
    if (Number.isFinite(this.window)) this.slots.add(slot)
    return slot
  }

  /** The session has its first answer. @returns whether more sessions may begin now */
  answer(slot: WarmupSlot): boolean {
    if (!Number.isFinite(this.window)) return false
    // Also after the slot expired: a slow answer proves as much as a fast one.
    this.slots.delete(slot)
    this.window = this.window + 1 < fullWindow ? this.window + 1 : Number.POSITIVE_INFINITY
    return true
  }

  /** The session ended without an answer. */
  end(slot: WarmupSlot): void {
    this.slots.delete(slot)
  }

  /** Slots are in the order of their start. */
  private expire(nowMs: number): void {
    for (const slot of this.slots) {
      if (nowMs - slot.startedMs < slotMs) return
      this.slots.delete(slot)
    }
  }
}
