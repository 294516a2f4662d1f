import type { PickInput, Reads } from './reads.js'
import type { ScoredIds } from './scored-ids.js'

interface BoundStrategyBase {
  readonly name: string
  /** The parameters as the answer reports them. */
  readonly parameters: Readonly<Record<string, unknown>>
  /** Returns what to read for each sequence at each step. */
  reads(excluded: readonly number[]): Reads
}

/** Picks one token after the other. */
export interface BoundTokenStrategy extends BoundStrategyBase {
  readonly kind: 'token'
  pick(input: PickInput): number
  /** Whether another seed can give another answer. */
  readonly isRandom: boolean
  /**
   * Returns the strategy of one of several answers. A random one gets its
   * own seed; the first keeps this seed.
   */
  forAnswer(index: number): BoundTokenStrategy
}

/** Searches for the answer with the best total score. */
export interface BoundBeamStrategy extends BoundStrategyBase {
  readonly kind: 'beam'
  readonly width: number
  readonly lengthPenalty: number
  score(input: PickInput): ScoredIds
}

/** Samples several answers and chooses one of them. */
export interface BoundChoiceStrategy extends BoundStrategyBase {
  readonly kind: 'choice'
  readonly sample: BoundTokenStrategy
  /** Number of samples. */
  readonly count: number
  readonly chooser:
    | {
        readonly by: 'reward'
        /** The name of a reward model; null uses the server's first one. */
        readonly reward: string | null
      }
    | { readonly by: 'seed'; readonly index: number }
}

/** A strategy with the parameters of one request. */
export type BoundStrategy = BoundTokenStrategy | BoundBeamStrategy | BoundChoiceStrategy
