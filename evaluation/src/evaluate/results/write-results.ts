import { replaceFile } from '../../batch/index.js'
import { readExpected } from '../../criteria/expected.js'
import type { EvaluatedAnswer, EvaluatedPrompt, EvaluationResults, EvaluationResultsInput } from '../../report/index.js'
import { parseResults } from '../../report/index.js'
import type { CheckedEvaluation } from '../check-evaluation.js'
import { evaluationPaths } from '../evaluation-paths.js'
import type { OpenedJudge } from '../judge/opened-judge.js'
import type { EvaluationOptions } from '../options.js'
import { type PlannedStrategy, parametersOf } from '../plan/plan-evaluation.js'
import type { CompletedPart } from '../prepared-part.js'
import { datasetOf, promptId, promptText } from './describe-prompt.js'
import { describeRun } from './describe-run.js'
import { readAnsweredPrompts } from './read-answered-prompts.js'

/** What was found besides answers and scores. */
export interface Findings extends Pick<EvaluationResults, 'heldOut' | 'judgements'> {
  /** Null if no judge was asked. */
  readonly judge: OpenedJudge | null
}

/**
 * Writes the results of complete parts.
 * @returns the path of the results
 */
export async function writeResults(
  options: EvaluationOptions,
  { reference, baseline }: CheckedEvaluation,
  parts: readonly CompletedPart[],
  { judge, judgements, heldOut }: Findings,
): Promise<string> {
  const [first] = parts
  if (first === undefined) throw new TypeError('expected a part with answers')
  const results: EvaluationResultsInput = {
    format: 'tandem-evaluation/1',
    title: `Evaluation of ${first.pair}`,
    createdAt: first.createdAt,
    facts: describeRun(parts, judge),
    oracle: first.oracle,
    picker: options.picker,
    reference,
    baseline,
    strategies: parts.flatMap(({ part, pair }) => part.strategies.map((planned) => strategyOf(planned, pair))),
    ...(await answersOf(options, parts)),
    judge: judge?.judge.name ?? null,
    judgements,
    heldOut,
  }
  const { results: path } = evaluationPaths(options.out)
  // Checked before it is written: a report must be able to read it.
  await replaceFile(path, `${JSON.stringify(parseResults(results))}\n`)
  return path
}

function strategyOf(planned: PlannedStrategy, pair: string) {
  const { label, method, role } = planned
  return { id: label, label, strategy: method.strategy, parameters: parametersOf(planned), pair, role }
}

/** The prompts and the answers to them, prompt by prompt. */
async function answersOf(
  { prompts: file, datasetField, expectedField }: EvaluationOptions,
  parts: readonly CompletedPart[],
) {
  const prompts: EvaluatedPrompt[] = []
  const answers: EvaluatedAnswer[] = []
  for await (const { prompt, answers: byStrategy } of readAnsweredPrompts(parts)) {
    const id = promptId(prompt)
    const expected = [...readExpected(prompt.columns, expectedField)]
    prompts.push({ id, text: promptText(prompt), dataset: datasetOf(prompt, file.path, datasetField), expected })
    for (const [strategy, picked] of byStrategy)
      for (const { sample, row } of picked) {
        const { text, tokens, oracle, picker } = row
        answers.push({ prompt: id, strategy, sample, text, tokens, oracle, picker })
      }
  }
  return { prompts, answers }
}
