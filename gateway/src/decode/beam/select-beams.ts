import type { Continuation } from './expand.js'

export interface Settled {
  /** What the next round goes on from, best first; at most `width`. */
  readonly live: readonly Continuation[]
  /** Ended by an end token. */
  readonly finished: readonly Continuation[]
}

/**
 * Deals the best continuations of a round. An end token among the best `width` finishes its beam; one that ranks lower is dropped;
 * other tokens fill the live beams up to `width`.
 * @param best at most 2 * width of them, so that as many end tokens as there are beams leave enough to go on with
 */
export function settle(best: readonly Continuation[], width: number, isEnd: (id: number) => boolean): Settled {
  return {
    live: best.filter(({ id }) => !isEnd(id)).slice(0, width),
    finished: best.slice(0, width).filter(({ id }) => isEnd(id)),
  }
}
