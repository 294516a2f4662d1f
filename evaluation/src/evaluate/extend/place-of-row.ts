import type { Pool } from '../../answers/pool.js'

/**
 * Finds the places of an earlier run's rows in a file with more pools or samples. For each prompt,
 * both files have a row for each sample of each pool.
 * @returns a function from the row's number in the earlier file to its number in the new one
 */
export function placeOfRow(earlier: readonly Pool[], pools: readonly Pool[]): (row: number) => number {
  const slots = slotsOf(pools)
  const places = slotsOf(earlier).map((slot) => slots.indexOf(slot))
  return (row) => {
    const slot = places[row % places.length] ?? 0
    return Math.floor(row / places.length) * slots.length + slot
  }
}

const slotsOf = (pools: readonly Pool[]): string[] =>
  pools.flatMap(({ samples }, pool) => Array.from({ length: samples }, (_, sample) => `${pool} ${sample}`))
