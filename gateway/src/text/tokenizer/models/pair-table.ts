const empty = -1
const initialSize = 1_024

/**
 * A map from pairs of numbers to a number, all from 0 to 2^31 - 1. It needs 24 to 48 bytes per
 * entry, a quarter of a `Map` with numbers as keys; tokenizers have up to half a million merges.
 */
export class PairTable {
  private entries = new Int32Array(3 * initialSize).fill(empty)
  private mask = initialSize - 1
  private count = 0

  /** Returns the value of a pair, or -1. */
  get(first: number, second: number): number {
    return this.entries[this.find(first, second) + 2] as number
  }

  /** Sets the value of a pair. */
  set(first: number, second: number, value: number): void {
    const at = this.find(first, second)
    if (this.entries[at] === empty) this.count++
    this.entries[at] = first
    this.entries[at + 1] = second
    this.entries[at + 2] = value
    if (2 * this.count > this.mask) this.grow()
  }

  /** Returns the place of a pair, or the empty place where it belongs. */
  private find(first: number, second: number): number {
    let hash = Math.imul(first, 0x9e3779b1) ^ Math.imul(second, 0x85ebca6b)
    hash ^= hash >>> 15
    for (let slot = hash & this.mask; ; slot = (slot + 1) & this.mask) {
      const at = 3 * slot
      const found = this.entries[at]
      if (found === empty || (found === first && this.entries[at + 1] === second)) return at
    }
  }

  private grow(): void {
    const old = this.entries
    this.entries = new Int32Array(2 * old.length).fill(empty)
    this.mask = 2 * this.mask + 1
    for (let at = 0; at < old.length; at += 3) {
      if (old[at] === empty) continue
      this.entries.set(old.subarray(at, at + 3), this.find(old[at] as number, old[at + 1] as number))
    }
  }
}
