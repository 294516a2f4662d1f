/** Characters that differ between two texts, between characters that agree. */
export interface Gap {
  /** Returns the place in the second text that fits a place in the first one. */
  place(offset: number): number
}

/**
 * Creates a gap. A place keeps its distance from the start as far as both texts begin alike, else
 * its distance from the end as far as both end alike. Accents belong to the character before them,
 * and what only the second text has belongs to what follows.
 */
export function createGap(from: readonly string[], to: readonly string[]): Gap {
  const [fromMarks, toMarks] = [countMarks(from), countMarks(to)]
  const rest = { from: from.slice(fromMarks), to: to.slice(toMarks) }
  const alike = countAlike(rest.from, rest.to)
  const alikeAtEnd = countAlike(rest.from.toReversed(), rest.to.toReversed())
  const placeInRest = (offset: number): number => {
    const beforeEnd = rest.from.length - offset
    if (offset <= alike) return offset
    return beforeEnd <= alikeAtEnd ? Math.max(alike, rest.to.length - beforeEnd) : alike
  }
  return {
    place: (offset) =>
      offset < fromMarks ? Math.min(offset, toMarks) : toMarks + placeInRest(Math.min(offset, from.length) - fromMarks),
  }
}

const mark = /^\p{M}/u

function countMarks(characters: readonly string[]): number {
  const end = characters.findIndex((character) => !mark.test(character))
  return end < 0 ? characters.length : end
}

/** Tokenizers may write any white space as a space. */
const isSpace = (character: string | undefined): boolean => character !== undefined && /^\s/u.test(character)

function countAlike(first: readonly string[], second: readonly string[]): number {
  const end = first.findIndex((character, i) => character !== second[i] && !(isSpace(character) && isSpace(second[i])))
  return end < 0 ? first.length : end
}
