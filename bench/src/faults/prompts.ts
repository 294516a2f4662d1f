import { readGoldenPrompts } from '../prompts.js'

/**
 * The models of a stack. `tiny` answers quickly and without meaning; `embedded` is the real pair.
 */
export type FaultPair = 'tiny' | 'embedded'

/** Short prompts and one that is longer than a chunk of replayed tokens. */
const tinyPrompts: readonly (readonly number[])[] = [
  [4, 388, 365],
  Array.from({ length: 40 }, (_, i) => 5 + i),
  [100, 7, 7, 7, 31],
]

/** Returns token ids of prompts for the models of a pair. */
export const promptsOf = (pair: FaultPair): readonly (readonly number[])[] =>
  pair === 'tiny' ? tinyPrompts : readGoldenPrompts()
