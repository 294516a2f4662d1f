import type { Continuation } from './expand.js'

/** The beams of one round. */
export interface SelectedBeams {
  /** Beams that the next round extends, best first; at most `width`. */
  readonly live: readonly Continuation[]
  /** Beams that an end token has finished. */
  readonly finished: readonly Continuation[]
}

/**
 * Splits the best continuations of a round. An end token among the best `width` finishes its beam,
 * and one that ranks lower is dropped. Other tokens fill the live beams up to `width`.
 * @param best at most 2 * width continuations: even if `width` of them
 * are end tokens, enough others remain
 */
export function selectBeams(
  best: readonly Continuation[],
  width: number,
  isEnd: (id: number) => boolean,
): SelectedBeams {
  return {
    live: best.filter(({ id }) => !isEnd(id)).slice(0, width),
    finished: best.slice(0, width).filter(({ id }) => isEnd(id)),
  }
}
