import type { ScoredIds } from './scored-ids.js'
import type { PickInput, Reads } from './reads.js'

interface MethodBase {
  readonly name: string
  /** As the answer echoes them. */
  readonly parameters: Readonly<Record<string, unknown>>
  /** What is read of each sequence at each step. */
  reads(excluded: readonly number[]): Reads
}

/** Picks one token after the other. */
export interface TokenMethod extends MethodBase {
  readonly kind: 'token'
  pick(input: PickInput): number
  /** Whether another seed gives another answer. */
  readonly isRandom: boolean
  /** The method of one of several answers to a prompt: a random one has a seed of its own, the first has this one's. */
  forAnswer(index: number): TokenMethod
}

/** Searches for the answer whose tokens' scores are best together. */
export interface BeamMethod extends MethodBase {
  readonly kind: 'beam'
  readonly width: number
  readonly lengthPenalty: number
  score(input: PickInput): ScoredIds
}

/** Samples several answers and chooses one of them. */
export interface ChoiceMethod extends MethodBase {
  readonly kind: 'choice'
  readonly sample: TokenMethod
  /** Of samples. */
  readonly count: number
  readonly chooser:
    | {
        readonly by: 'reward'
        /** A reward model's name; null: the first that there is. */
        readonly reward: string | null
      }
    | { readonly by: 'seed'; readonly index: number }
}

/** A strategy with its parameters: what a request is decoded by. */
export type Method = TokenMethod | BeamMethod | ChoiceMethod
