import { replaceFile } from '../../batch/index.js'
import { readExpected } from '../../criteria/expected.js'
import type { EvaluatedAnswer, EvaluatedPrompt, EvaluationResults, EvaluationResultsInput } from '../../report/index.js'
import { parseResults } from '../../report/index.js'
import { evaluationPaths } from '../evaluation-paths.js'
import { type PlannedStrategy, parametersOf } from '../plan/plan-evaluation.js'
import type { PreparedEvaluation } from '../prepared-evaluation.js'
import { datasetOf, promptId, promptText } from './describe-prompt.js'
import { describeRun } from './describe-run.js'
import { pickAnswers } from './pick-answers.js'
import { readAnsweredPrompts } from './read-answered-prompts.js'
import type { EvaluationFiles, ScoredRow } from './read-scored-rows.js'

/**
 * Writes the results of complete files.
 * @param given when the evaluation was begun, as ISO 8601, the scores of held-out pairs, and what
 *   the judge said
 * @returns the path of the results
 */
export async function writeResults(
  prepared: PreparedEvaluation,
  files: EvaluationFiles,
  given: Pick<EvaluationResults, 'createdAt' | 'heldOut' | 'judgements'>,
): Promise<string> {
  const { options, oracle, plan, pair } = prepared
  const results: EvaluationResultsInput = {
    format: 'tandem-evaluation/1',
    title: `Evaluation of ${pair}`,
    createdAt: given.createdAt,
    facts: describeRun(prepared),
    oracle,
    picker: options.picker,
    reference: plan.reference,
    baseline: plan.baseline,
    strategies: plan.strategies.map((planned) => strategyOf(planned, pair)),
    ...(await answersOf(prepared, files)),
    judge: options.judge?.name ?? null,
    judgements: [...given.judgements],
    heldOut: given.heldOut,
  }
  const { results: path } = evaluationPaths(options.out)
  // Checked before it is written: a report must be able to read it.
  await replaceFile(path, `${JSON.stringify(parseResults(results))}\n`)
  return path
}

const strategyOf = ({ label, method, role }: PlannedStrategy, pair: string) => {
  return { id: label, label, strategy: method.strategy, parameters: parametersOf(method), pair, role }
}

/** The prompts and the answers to them, prompt by prompt. */
async function answersOf(prepared: PreparedEvaluation, files: EvaluationFiles) {
  const { options, plan } = prepared
  const prompts: EvaluatedPrompt[] = []
  const answers: EvaluatedAnswer[] = []
  for await (const { prompt, rows } of readAnsweredPrompts(prepared, files)) {
    const dataset = datasetOf(prompt, options.prompts.path, options.datasetField)
    const id = promptId(prompt)
    const expected = [...readExpected(prompt.columns, options.expectedField)]
    prompts.push({ id, text: promptText(prompt), dataset, expected })
    for (const strategy of plan.strategies) answers.push(...strategyAnswers(strategy, id, rows))
  }
  return { prompts, answers }
}

function strategyAnswers(planned: PlannedStrategy, prompt: string, rows: readonly ScoredRow[]): EvaluatedAnswer[] {
  const pool = rows.filter((row) => row.pool === planned.pool)
  return pickAnswers(planned, pool).map(({ sample, row: { text, tokens, oracle, picker } }) => {
    return { prompt, strategy: planned.label, sample, text, tokens, oracle, picker }
  })
}
