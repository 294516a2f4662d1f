/**
 * Creates a source of numbers in [0, 1): mulberry32. The same seed gives the same numbers, so that
 * a run sends the same requests each time.
 */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** Draws an item. @throws RangeError if there are none */
export function draw<T>(random: () => number, items: readonly T[]): T {
  if (items.length === 0) throw new RangeError('expected at least one item')
  return items[Math.floor(random() * items.length)] as T
}

/** Draws the time to the next arrival of a Poisson process, in milliseconds. */
export const drawInterval = (random: () => number, perSecond: number): number =>
  (-1000 * Math.log(1 - random())) / perSecond
