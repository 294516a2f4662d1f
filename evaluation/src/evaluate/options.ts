import type { StageOptions } from '../answers/complete-file.js'
import type { Fields, PromptFile } from '../prompts/index.js'
import type { JudgeOptions } from './judge/judge-options.js'
import type { AskedStrategy } from './plan/methods.js'

/** The stages of a run. */
export type EvaluationStage =
  | 'answers'
  | 'scores by the oracle'
  | 'scores by the picker'
  | 'judgements'
  | 'held-out pairs'

/** An evaluation of strategies on a file of prompts. */
export interface EvaluationOptions extends StageOptions<EvaluationStage> {
  readonly prompts: PromptFile
  /** The folder of the answers, the scores and the results. */
  readonly out: string
  readonly strategies: readonly AskedStrategy[]
  /** Size of the pool for the curves of best-of-N; null: as large as a strategy needs. */
  readonly samples: number | null
  /** The reward model whose scores are R; null: it is missing, and the error names those served. */
  readonly oracle: string | null
  /** The reward model that best-of-n picks by; null: there is none. */
  readonly picker: string | null
  /** An LLM that compares the answers too; null: there is none. */
  readonly judge: JudgeOptions | null
  /** Preference pairs in TRL's form for the accuracy of the reward models; null: none. */
  readonly heldOut: PromptFile | null
  /** Label of the method whose win rates are shown; null: the first strategy. */
  readonly reference: string | null
  /** Label of the method that all others are compared with; null: greedy-sft, if it is asked. */
  readonly baseline: string | null
  /** The column of the prompts with the name of their dataset; null: all are of one dataset. */
  readonly datasetField: string | null
  /** The column of the prompts with the expected answers. */
  readonly expectedField: string
  /** Maximum prompts: the first ones; null: all. */
  readonly limit: number | null
  /** Fields of every request. */
  readonly body: Fields
  /** The seed that the seed of each answer is made from. */
  readonly seed: number
}
