import { type Selection, selectPrompts } from '../answers/select-prompts.js'
import { readExpected } from '../criteria/expected.js'
import { limitSelection } from './answers/limit-selection.js'
import { checkEvaluation } from './check-evaluation.js'
import { completePart, preparePart } from './complete-part.js'
import { assertPairs } from './held-out/held-out-jobs.js'
import { type HeldOut, scoreHeldOut } from './held-out/score-held-out.js'
import { openJudge } from './judge/opened-judge.js'
import { judgeAnswers } from './judgements/judge-answers.js'
import type { EvaluationOptions } from './options.js'
import type { CompletedPart } from './prepared-part.js'
import { datasetOf } from './results/describe-prompt.js'
import { writeResults } from './results/write-results.js'

/**
 * Asks gateways for the answers of strategies to the prompts of a file and for their scores, one
 * gateway for each scale of the adapter, and writes the results. Run again after it ended early, it
 * continues, and the files become those of an unbroken run. Run again with more strategies or
 * samples, it asks only for those.
 * @returns the path of the results
 * @throws Error if a setting is wrong, or differs from those that a file was begun with; errors of
 *   `runJobs`
 */
export async function runEvaluation(options: EvaluationOptions): Promise<string> {
  const checked = checkEvaluation(options)
  const selection = await selectAsked(options)
  if (options.heldOut) await assertPairs(options.heldOut)
  const judge = await openJudge(options, checked)
  const parts: CompletedPart[] = []
  const heldOut: HeldOut[] = []
  for (const part of checked.parts)
    await options.serve(part.adapterScale, async (gateway) => {
      const prepared = await preparePart(options, part, selection, gateway)
      parts.push(await completePart(prepared))
      // The reward models are the same in all parts.
      if (parts.length === 1) heldOut.push(...(await scoreHeldOut(prepared, options.out)))
    })
  const judgements = judge === null ? [] : await judgeAnswers(options, parts, judge)
  return writeResults(options, checked, parts, { judge, judgements, heldOut })
}

async function selectAsked({ prompts, datasetField, expectedField, limit }: EvaluationOptions): Promise<Selection> {
  const selection = await selectPrompts(
    prompts,
    () => true,
    (prompt) => {
      datasetOf(prompt, prompts.path, datasetField)
      readExpected(prompt.columns, expectedField)
    },
  )
  return limitSelection(selection, limit)
}
