/** Preference pairs made with a gateway, from prompts only. */

export type { Method } from '../answers/pool.js'
export type { AdherenceSettings } from './adherence/settings.js'
export type { SynthesisCounts } from './counts.js'
export type { Stage, SynthesisOptions } from './options.js'
export { planRun } from './plan-run.js'
export { runSynthesis } from './run-synthesis.js'
