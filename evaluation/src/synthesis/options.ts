import type { StageOptions } from '../answers/complete-file.js'
import type { Method } from '../answers/pool.js'
import type { Fields, PromptFile } from '../prompts/index.js'
import type { AdherenceSettings } from './adherence/settings.js'

/** The stages of a run. */
export type Stage = 'answers' | 'scores'

/** Synthesis of preference pairs. */
export interface SynthesisOptions extends StageOptions<Stage> {
  readonly prompts: PromptFile
  /** The JSONL file of the pairs. The answers are kept next to it. */
  readonly out: string
  /** The strategy of the chosen answers. For adherence pairs: of all samples. */
  readonly chosen: Method
  /** The strategy of the rejected answers, or the file of an earlier round that has them. */
  readonly rejected: Method | { readonly from: string }
  /** Set for adherence pairs, which do not read `rejected`. */
  readonly adherence: AdherenceSettings | null
  /** The reward model of the scores; null: the first of the gateway, if it has one. */
  readonly rewardModel: string | null
  /** Whether both sides begin with the prompt, and there is no column `prompt`. */
  readonly isImplicit: boolean
  /** Whether pairs with an answer that the limit of tokens cut are dropped. */
  readonly completeOnly: boolean
  /** Fields of every request. */
  readonly body: Fields
  /** Base seed; each answer gets its own seed from it. */
  readonly seed: number
}
