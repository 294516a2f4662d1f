import { uniformAt } from '@tandem/gateway'

/** A random sequence that its seed repeats. */
export class Random {
  private index = 0

  constructor(private readonly seed: number) {}

  /** Returns a number from 0 up to, but without, 1. */
  next(): number {
    return uniformAt(this.seed, this.index++)
  }

  /** Returns an integer from 0 up to, but without, `end`. */
  below(end: number): number {
    return Math.floor(this.next() * end)
  }

  /** @throws RangeError if there are no items */
  pick<T>(items: readonly T[]): T {
    if (items.length === 0) throw new RangeError('expected at least one item')
    return items[this.below(items.length)] as T
  }
}
