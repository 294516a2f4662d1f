export type { Context } from './commands/context.js'
export { findHome, type Home } from './home.js'
export { pullWeights } from './pull/pull-weights.js'
export { type PairOptions, type PreparedPair, preparePair } from './sources/prepare-pair.js'
