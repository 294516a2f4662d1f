import type { DecodePath } from '../loop/decode-path.js'
import { DraftDepth } from './draft-depth.js'
import { LookupLength } from './lookup-length.js'

/** How a request guesses. */
export interface Guessing {
  /** Tokens that a lookup may guess at once; 0: none. */
  readonly lookupLength: number
  /** Places with a choice that the leading model runs up to; 1: it waits at each. */
  readonly draftDepth: number
  /** @param missed whether a guess behind the hits was wrong */
  recordLookup(hits: number, missed: boolean): void
  recordPlace(isOpen: boolean, agrees: boolean): void
  /** Nothing was looked up. */
  rest(): void
}

/** Lengths of the paths that always guess. */
const fixedLookupLength = 7
const fixedDraftDepth = 3

/** The same guesses whatever comes of them. */
const fixed = (lookupLength: number, draftDepth: number): Guessing => ({
  lookupLength,
  draftDepth,
  recordLookup: () => undefined,
  recordPlace: () => undefined,
  rest: () => undefined,
})

/**
 * @param drafts whether drafts can pay at all: they save forwards of the other model, which cost nothing on a device of its own
 * @param isCrowded whether guesses take other answers' time: then there are none
 */
function createAdaptive(drafts: boolean, isCrowded: () => boolean): Guessing {
  const length = new LookupLength()
  const depth = new DraftDepth()
  return {
    get lookupLength() {
      return isCrowded() ? 0 : length.value
    },
    get draftDepth() {
      return drafts && !isCrowded() ? depth.value : 1
    },
    recordLookup: (hits, missed) => length.record(hits, missed),
    recordPlace: (isOpen, agrees) => depth.record(isOpen, agrees),
    rest: () => length.rest(),
  }
}

export function createGuessing(path: DecodePath, drafts: boolean, isCrowded: () => boolean): Guessing {
  if (path === 'auto') return createAdaptive(drafts, isCrowded)
  if (path === 'lookup') return fixed(fixedLookupLength, 1)
  return fixed(0, path === 'draft' ? fixedDraftDepth : 1)
}
