import type { Selection } from '../answers/select-prompts.js'
import type { GatewayFacts } from '../batch/index.js'
import type { Fields } from '../prompts/index.js'
import type { CheckedEvaluation } from './check-evaluation.js'
import type { OpenedJudge } from './judge/opened-judge.js'
import type { EvaluationOptions } from './options.js'

/** What a run knows before it asks. */
export interface PreparedEvaluation {
  readonly options: EvaluationOptions
  readonly plan: CheckedEvaluation
  readonly selection: Selection
  readonly facts: GatewayFacts
  /** The pair of models that answers: its name in requests. */
  readonly pair: string
  readonly oracle: string
  /** Null if none is asked for. */
  readonly judge: OpenedJudge | null
  /** What the answers depend on. */
  readonly asked: Fields
}
