const mask = (1n << 64n) - 1n

/**
 * The output function of SplitMix64 (Steele, Lea, Flood: Fast splittable
 * pseudorandom number generators, 2014).
 */
function mix(value: bigint): bigint {
  let z = value & mask
  z = ((z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n) & mask
  z = ((z ^ (z >> 27n)) * 0x94d049bb133111ebn) & mask
  return z ^ (z >> 31n)
}

const golden = 0x9e3779b97f4a7c15n

/** Returns the seed of one of several answers to a prompt. The first keeps the request's seed. */
export function seedOfAnswer(seed: number, index: number): number {
  return index === 0 ? seed : Number(mix(mix(BigInt(seed)) ^ mix(golden * BigInt(index))) >> 11n)
}

/**
 * Returns number `index` of a seed's random sequence, in [0, 1).
 * It holds no state, so that a repeated step draws the same number.
 */
export function uniformAt(seed: number, index: number): number {
  const state = mix(BigInt(seed)) + golden * BigInt(index + 1)
  return Number(mix(state) >> 11n) / 2 ** 53
}
