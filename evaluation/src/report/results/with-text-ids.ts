import type { EvaluationResults } from './results-schema.js'

/**
 * Returns the results with the dataset and text of each prompt as its id. So the prompts of two
 * runs are the same if their dataset and text are.
 */
export function withTextIds(results: EvaluationResults): EvaluationResults {
  const ids = new Map(results.prompts.map(({ id, dataset, text }) => [id, JSON.stringify([dataset, text])]))
  const idOf = (prompt: string) => ids.get(prompt) ?? prompt
  return {
    ...results,
    prompts: results.prompts.map((prompt) => ({ ...prompt, id: idOf(prompt.id) })),
    answers: results.answers.map((answer) => ({ ...answer, prompt: idOf(answer.prompt) })),
    judgements: results.judgements.map((judgement) => ({ ...judgement, prompt: idOf(judgement.prompt) })),
  }
}
