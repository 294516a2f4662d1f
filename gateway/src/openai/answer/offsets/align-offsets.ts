import { createGap, type Gap } from './gap.js'
import { matchUnits } from './match-units.js'
import { readSkeleton, type Skeleton } from './skeleton.js'

/**
 * Converts offsets in the text of decoded tokens to offsets in the text that was encoded, both in
 * code points. The two texts differ where a tokenizer normalizes text, drops or adds spaces, or has
 * no token for a character.
 * @param offsets in ascending order
 * @returns offsets in ascending order, from 0 to the length of `sent`
 */
export function alignOffsets(decoded: string, sent: string, offsets: readonly number[]): number[] {
  const [from, to] = [readSkeleton(decoded), readSkeleton(sent)]
  const anchors = createAnchors(from, to)
  let least = 0
  return offsets.map((offset) => {
    if (offset > 0) least = Math.max(least, anchors.place(offset))
    return least
  })
}

/** Places offsets between the characters on which both texts agree. Ask in ascending order. */
function createAnchors(from: Skeleton, to: Skeleton): Gap {
  const partners = matchUnits(from.units, to.units)
  let [left, right] = [-1, nextMatched(partners, 0)]
  const startOf = (skeleton: Skeleton, unit: number) => (unit < 0 ? 0 : (skeleton.sources[unit] ?? 0) + 1)
  const endOf = (skeleton: Skeleton, unit: number) => skeleton.sources[unit] ?? skeleton.characters.length
  const partnerOf = (unit: number) => partners[unit] ?? (unit < 0 ? -1 : to.units.length)
  const openGap = () => {
    const [start, end] = [startOf(from, left), endOf(from, right)]
    const [toStart, toEnd] = [startOf(to, partnerOf(left)), endOf(to, partnerOf(right))]
    const gap = createGap(from.characters.slice(start, end), to.characters.slice(toStart, toEnd))
    // Both characters may come from one character of the sent text, such as a ligature.
    return { place: (offset: number) => Math.min(toStart + gap.place(offset - start), toEnd) }
  }
  let gap = openGap()
  return {
    place: (offset) => {
      if (endOf(from, right) >= offset || right >= from.units.length) return gap.place(offset)
      while (endOf(from, right) < offset && right < from.units.length) {
        left = right
        right = nextMatched(partners, right + 1)
      }
      gap = openGap()
      return gap.place(offset)
    },
  }
}

function nextMatched(partners: Int32Array, start: number): number {
  let unit = start
  while (unit < partners.length && partners[unit] === -1) unit++
  return unit
}
