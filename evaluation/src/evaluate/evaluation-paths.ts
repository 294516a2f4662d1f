import { join } from 'node:path'

/** The files of an evaluation. */
export interface EvaluationPaths {
  readonly answers: string
  /** The scores by a reward model. */
  scores(rewardModel: string): string
  /** The scores of held-out pairs by a reward model. */
  heldOut(rewardModel: string): string
  /** What a judge said. */
  judgements(judge: string): string
  /** The results, from which every report is made. */
  readonly results: string
}

/** The complete files of an evaluation. */
export interface EvaluationFiles {
  readonly answers: string
  readonly oracle: string
  /** Null if there is no picker. */
  readonly picker: string | null
}

/** Names the files of an evaluation in its folder. */
export const evaluationPaths = (folder: string): EvaluationPaths => ({
  answers: join(folder, 'answers.jsonl'),
  scores: (rewardModel) => join(folder, `scores.${rewardModel}.jsonl`),
  heldOut: (rewardModel) => join(folder, `held-out.${rewardModel}.jsonl`),
  judgements: (judge) => join(folder, `judgements.${judge.replace(/[^\w.-]+/g, '_')}.jsonl`),
  results: join(folder, 'results.json'),
})
