import type { DecodePath } from '../loop/decode-path.js'
import { DraftDepth } from './draft-depth.js'
import { LookupLength } from './lookup-length.js'

/** Decides how much a request speculates, from what earlier drafts gained. */
export interface SpeculationPolicy {
  /** Maximum tokens that a lookup drafts; 0 disables lookups. */
  readonly lookupLength: number
  /** Number of open positions that the leading model drafts up to; 1 disables these drafts. */
  readonly draftDepth: number
  /**
   * Records the result of one lookup.
   * @param missed whether a wrong draft token followed the hits
   */
  recordLookup(hits: number, missed: boolean): void
  /**
   * Records one position: whether it was open, and whether the strategy
   * picked the leading model's first choice.
   */
  recordPosition(isOpen: boolean, agrees: boolean): void
  /** Records a position where a lookup was possible but none was made. */
  recordSkippedLookup(): void
}

/** Lengths of the paths that always speculate. */
const fixedLookupLength = 7
const fixedDraftDepth = 3

/** Creates a policy that does not learn. */
const createFixed = (lookupLength: number, draftDepth: number): SpeculationPolicy => ({
  lookupLength,
  draftDepth,
  recordLookup: () => undefined,
  recordPosition: () => undefined,
  recordSkippedLookup: () => undefined,
})

function createAdaptive(canDraft: boolean, isBusy: () => boolean): SpeculationPolicy {
  const length = new LookupLength()
  const depth = new DraftDepth()
  return {
    get lookupLength() {
      return isBusy() ? 0 : length.value
    },
    get draftDepth() {
      return canDraft && !isBusy() ? depth.value : 1
    },
    recordLookup: (hits, missed) => length.record(hits, missed),
    recordPosition: (isOpen, agrees) => depth.record(isOpen, agrees),
    recordSkippedLookup: () => length.recordSkip(),
  }
}

/**
 * Creates the policy of a path.
 * @param canDraft whether the leading model's drafts can save time: they save forwards of the other
 * model, which cost nothing if that model has its own device
 * @param isBusy whether drafts would slow other answers down; if so, `auto` makes none
 */
export function createSpeculationPolicy(path: DecodePath, canDraft: boolean, isBusy: () => boolean): SpeculationPolicy {
  if (path === 'auto') return createAdaptive(canDraft, isBusy)
  if (path === 'lookup') return createFixed(fixedLookupLength, 1)
  return createFixed(0, path === 'draft' ? fixedDraftDepth : 1)
}
