import type { StageOptions } from '../answers/complete-file.js'
import type { Selection } from '../answers/select-prompts.js'
import type { GatewayFacts } from '../batch/index.js'
import type { Fields } from '../prompts/index.js'
import type { EvaluationFiles } from './evaluation-paths.js'
import type { EvaluationOptions, EvaluationStage } from './options.js'
import type { EvaluationPart } from './plan/plan-parts.js'

/** The options of one part: its folder, and its gateway. */
export type PartRun = EvaluationOptions & StageOptions<EvaluationStage>

/** What a part knows before it asks. */
export interface PreparedPart {
  readonly options: PartRun
  readonly part: EvaluationPart
  readonly selection: Selection
  readonly facts: GatewayFacts
  /** The pair of models that answers: its name in requests. */
  readonly pair: string
  readonly oracle: string
  /** What the answers depend on. */
  readonly asked: Fields
}

/** A part whose files are complete. */
export interface CompletedPart extends PreparedPart {
  readonly files: EvaluationFiles
  /** When it was begun, as ISO 8601. */
  readonly createdAt: string
}
