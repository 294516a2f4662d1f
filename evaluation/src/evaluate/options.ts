import type { StageOptions } from '../answers/complete-file.js'
import type { Server } from '../batch/index.js'
import type { Fields, PromptFile } from '../prompts/index.js'
import type { JudgeOptions } from './judge/judge-options.js'
import type { AskedStrategy } from './plan/methods.js'

type Stage = 'answers' | 'scores by the oracle' | 'scores by the picker' | 'judgements' | 'held-out pairs'

/** The stages of a run, each for one scale of the adapter, which is named if it is not the only. */
export type EvaluationStage = Stage | `${Stage}, ${string}`

/** A gateway that answers for the time of a part of the run. */
export interface ServedGateway {
  readonly server: Server
  /** The model of the requests; undefined: the gateway's own pair. */
  readonly model: string | undefined
}

/**
 * Runs work with a gateway, and ends the gateway afterwards.
 * @param adapterScale the scale of the DPO model's adapter; null: as the gateway serves it
 */
export type Serve = <T>(adapterScale: number | null, work: (gateway: ServedGateway) => Promise<T>) => Promise<T>

/** An evaluation of strategies on a file of prompts. */
export interface EvaluationOptions extends Omit<StageOptions<EvaluationStage>, 'server'> {
  /** Is called for one scale after the other, so that one pair is in memory. */
  readonly serve: Serve
  readonly prompts: PromptFile
  /** The folder of the answers, the scores and the results. */
  readonly out: string
  readonly strategies: readonly AskedStrategy[]
  /** The scale of strategies that name none; null: as the gateway serves it. */
  readonly adapterScale: number | null
  /** Size of the pool for the curves of best-of-N; null: as large as a strategy needs. */
  readonly samples: number | null
  /** The reward model whose scores are R; null: it is missing, and the error names those served. */
  readonly oracle: string | null
  /** The reward model that best-of-n uses to choose; null: there is none. */
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
  /** Base seed; each answer gets its own seed from it. */
  readonly seed: number
}
