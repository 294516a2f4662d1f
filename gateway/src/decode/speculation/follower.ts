import type { Row } from '../../session/session.js'

/** A place of the sequence where the leading model leaves a choice. */
export interface Ask {
  /** Tokens before the choice. */
  readonly position: number
  /** V_alpha there. */
  readonly ids: Uint32Array
}

/**
 * The model that is asked where the leading one leaves a choice. How it comes to know the tokens between is its own affair: see
 * LazyFollower (the naive one) and EagerFollower.
 */
export interface Follower {
  /**
   * The sequence as far as it is known or guessed. Forwards may begin; what goes wrong with them is thrown by `read`.
   * @param known tokens at its front that will not change
   */
  follow(ids: readonly number[], known: number): void
  /**
   * Logits of the asked ids at ascending places of `ids`: rows whose first scores hold those ids, in their order.
   * At least the first ask is answered; the others may be left for later.
   */
  read(ids: readonly number[], asks: readonly [Ask, ...Ask[]]): Promise<readonly Row[]>
}
