import { mkdir } from 'node:fs/promises'
import { completeFile } from '../answers/complete-file.js'
import { ScoreJobs } from '../answers/score-jobs.js'
import { type Selection, selectPrompts } from '../answers/select-prompts.js'
import { nameOf, openManifest, readGatewayFacts } from '../batch/index.js'
import { readExpected } from '../criteria/expected.js'
import { EvaluationAnswers } from './answers/evaluation-answers.js'
import { limitSelection } from './answers/limit-selection.js'
import { checkEvaluation, requireRewardModels } from './check-evaluation.js'
import { evaluationPaths } from './evaluation-paths.js'
import { answerSettings, scoreSettings } from './evaluation-settings.js'
import { assertPairs } from './held-out/held-out-jobs.js'
import { scoreHeldOut } from './held-out/score-held-out.js'
import { openJudge } from './judge/opened-judge.js'
import { judgeAnswers } from './judgements/judge-answers.js'
import type { EvaluationOptions, EvaluationStage } from './options.js'
import type { PreparedEvaluation } from './prepared-evaluation.js'
import { datasetOf } from './results/describe-prompt.js'
import type { EvaluationFiles } from './results/read-scored-rows.js'
import { writeResults } from './results/write-results.js'

/**
 * Asks a gateway for the answers of strategies to the prompts of a file and for their scores, and
 * writes the results. Run again after it ended early, it continues, and the files become those of
 * an unbroken run.
 * @returns the path of the results
 * @throws Error if a setting is wrong, or differs from those that a file was begun with; errors of
 *   `runJobs`
 */
export async function runEvaluation(options: EvaluationOptions): Promise<string> {
  const plan = checkEvaluation(options)
  const selection = await selectAsked(options)
  if (options.heldOut) await assertPairs(options.heldOut)
  const facts = await readGatewayFacts(options.server, options.signal)
  const oracle = requireRewardModels(options, facts)
  const asked = answerSettings(options, plan.pools, facts)
  const pair = String(options.body.model ?? facts.model)
  const judge = await openJudge(options, plan)
  const prepared = { options, plan, selection, facts, pair, oracle, judge, asked }
  await mkdir(options.out, { recursive: true })
  const files = await completeFiles(prepared)
  const judgements = judge === null ? [] : await judgeAnswers(prepared, files, judge)
  const heldOut = await scoreHeldOut(prepared)
  const [first] = (await openManifest(files.answers, asked)).runs
  return writeResults(prepared, files, { createdAt: String(first?.started), heldOut, judgements })
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

/** Completes the files of answers and scores. */
async function completeFiles(prepared: PreparedEvaluation): Promise<EvaluationFiles> {
  const { options, plan, selection, facts, oracle, asked } = prepared
  const { answers } = evaluationPaths(options.out)
  const rows = new EvaluationAnswers({
    ...options,
    selection,
    name: nameOf(asked),
    pools: plan.pools,
    model: facts.model,
  })
  const manifest = await openManifest(answers, asked)
  await completeFile(options, facts, { stage: 'answers', out: answers, manifest }, rows)
  const score = (stage: EvaluationStage, rewardModel: string) =>
    completeScores(prepared, stage, rewardModel, rows.perPrompt)
  const byOracle = await score('scores by the oracle', oracle)
  const byPicker = options.picker === null ? null : await score('scores by the picker', options.picker)
  return { answers, oracle: byOracle, picker: byPicker }
}

async function completeScores(
  { options, selection, facts, asked }: PreparedEvaluation,
  stage: EvaluationStage,
  rewardModel: string,
  perPrompt: number,
): Promise<string> {
  const { signal } = options
  const paths = evaluationPaths(options.out)
  const out = paths.scores(rewardModel)
  const manifest = await openManifest(out, scoreSettings(asked, rewardModel, facts))
  const name = nameOf(asked)
  const jobs = await ScoreJobs.create({ selection, answers: paths.answers, perPrompt, rewardModel, name, signal })
  await completeFile(options, facts, { stage, out, manifest }, jobs)
  return out
}
