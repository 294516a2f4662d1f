/**
 * The stages of a gateway's life. `serving`: it is ready. `leaving`: it is not ready, but accepts
 * requests. `refusing`: it finishes the answers that it has accepted and refuses all others.
 */
export type Stage = 'serving' | 'leaving' | 'refusing'

/** The stage that a gateway has reached. */
export interface GatewayStage {
  current: Stage
}
