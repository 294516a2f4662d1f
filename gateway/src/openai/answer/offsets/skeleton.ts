/**
 * The characters of a text that normalizers and decoders of tokenizers keep: in lower case, without
 * accents, white space and control characters, and in compatibility form (NFKD).
 */
export interface Skeleton {
  /** The kept characters, each one a UTF-16 unit or a pair. */
  readonly units: readonly string[]
  /** The index of the code point of the text that each unit comes from. */
  readonly sources: readonly number[]
  /** The code points of the text. */
  readonly characters: readonly string[]
}

const dropped = /[\p{M}\p{White_Space}\p{C}\u2581]/u

/** Reads the skeleton of a text. */
export function readSkeleton(text: string): Skeleton {
  const characters = [...text]
  const units: string[] = []
  const sources: number[] = []
  for (const [source, character] of characters.entries())
    for (const unit of fold(character)) {
      units.push(unit)
      sources.push(source)
    }
  return { units, sources, characters }
}

const isAsciiLetter = (character: string): boolean => character >= '!' && character <= '~'

function fold(character: string): Iterable<string> {
  if (isAsciiLetter(character)) return character.toLowerCase()
  return [...character.normalize('NFKD').toLowerCase()].filter((unit) => !dropped.test(unit))
}
