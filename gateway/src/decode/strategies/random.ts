import { expectations } from '@tandem/process'
import { z } from 'zod'

const mask = (1n << 64n) - 1n
/** The least seed. */
export const minSeed = -(2n ** 63n)
/** The greatest seed. */
export const maxSeed = 2n ** 63n - 1n

/** A random seed: a signed integer of 64 bits. It is a bigint if a number cannot hold it. */
export type Seed = number | bigint

/** The format of seeds in JSON Schema. */
export const seedFormat = 'int64'

/** The schema of a seed. */
export const seedSchema = z
  .custom<Seed>(isSeed)
  .meta({ type: 'integer', format: seedFormat })
  .register(expectations, { expected: `an integer from ${minSeed} to ${maxSeed}` })

function isSeed(value: unknown): boolean {
  return typeof value === 'bigint' ? value >= minSeed && value <= maxSeed : Number.isSafeInteger(value)
}

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
export function seedOfAnswer(seed: Seed, index: number): Seed {
  return index === 0 ? seed : Number(mix(mix(BigInt(seed)) ^ mix(golden * BigInt(index))) >> 11n)
}

/**
 * Returns number `index` of a seed's random sequence, in [0, 1).
 * It holds no state, so that a repeated step draws the same number.
 */
export function uniformAt(seed: Seed, index: number): number {
  const state = mix(BigInt(seed)) + golden * BigInt(index + 1)
  return Number(mix(state) >> 11n) / 2 ** 53
}

/**
 * The noise of one draw: a number in [0, 1) for each token id, which depends only on the seed, the
 * index and the id.
 */
export class TokenNoise {
  private readonly high: number
  private readonly low: number

  constructor(seed: Seed, index: number) {
    const state = mix(mix(BigInt(seed)) + golden * BigInt(index + 1))
    this.high = Number(state >> 32n) | 0
    this.low = Number(state & 0xffffffffn) | 0
  }

  /** Returns the number of a token, rounded down to a multiple of 2^-32. */
  roughlyOf(id: number): number {
    return hash(this.high, id) / 2 ** 32
  }

  /** Returns the number of a token. */
  of(id: number): number {
    // 21 bits more: a token of probability 1e-9 must have its chance too.
    return this.roughlyOf(id) + (hash(this.low, id) >>> 11) / 2 ** 53
  }
}

/** Mixes 32 bits of state with an id, by MurmurHash3's finalizer (Appleby, 2011), twice. */
const hash = (state: number, id: number): number => finalize(finalize(state ^ id) + state) >>> 0

function finalize(value: number): number {
  let h = value | 0
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return h ^ (h >>> 16)
}
