const mask = (1n << 64n) - 1n

/** SplitMix64's output function (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014). */
function mix(value: bigint): bigint {
  let z = value & mask
  z = ((z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n) & mask
  z = ((z ^ (z >> 27n)) * 0x94d049bb133111ebn) & mask
  return z ^ (z >> 31n)
}

const golden = 0x9e3779b97f4a7c15n

/** The seed of one of several answers to a prompt; the first has the request's own. */
export function seedOfAnswer(seed: number, index: number): number {
  return index === 0 ? seed : Number(mix(mix(BigInt(seed)) ^ mix(golden * BigInt(index))) >> 11n)
}

/**
 * A number in [0, 1) for the given place in the sequence of a seed. Without state, so that a step that is done again draws the
 * same number.
 */
export function uniformAt(seed: number, index: number): number {
  const state = mix(BigInt(seed)) + golden * BigInt(index + 1)
  return Number(mix(state) >> 11n) / 2 ** 53
}
