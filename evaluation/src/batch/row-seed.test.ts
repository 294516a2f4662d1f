import { createHash } from 'node:crypto'
import { expect, it } from 'vitest'
import { rowSeed } from './row-seed.js'

it('a seed is the first 53 bits of SHA-256 over the numbers as a JSON list', () => {
  const hex = createHash('sha256').update('[7,3,0]').digest('hex').slice(0, 16)
  expect(rowSeed(7, 3, 0)).toBe(Number(BigInt(`0x${hex}`) >> 11n))
  // It must not change: seeds are in files.
  expect(rowSeed(0, 0, 0)).toBe(1478924539265092)
})

it('each number changes the seed', () => {
  const seeds = [rowSeed(0, 0, 0), rowSeed(1, 0, 0), rowSeed(0, 1, 0), rowSeed(0, 0, 1), rowSeed(0, 0)]
  expect(new Set(seeds).size).toBe(5)
  expect(seeds.every(Number.isSafeInteger)).toBe(true)
})
