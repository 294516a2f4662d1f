import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { completeFile } from '../answers/complete-file.js'
import { ScoreJobs } from '../answers/score-jobs.js'
import type { Selection } from '../answers/select-prompts.js'
import { nameOf, openManifest, readGatewayFacts } from '../batch/index.js'
import { requireRewardModels } from './check-evaluation.js'
import { type EvaluationFiles, evaluationPaths } from './evaluation-paths.js'
import { answerSettings, scoreSettings } from './evaluation-settings.js'
import { keepAnswers, keepScores } from './extend/keep-rows.js'
import { openExtended, readEarlierSettings, removeEarlier } from './extend/open-extended.js'
import { keepPools } from './extend/pools.js'
import type { EvaluationOptions, EvaluationStage, ServedGateway } from './options.js'
import type { EvaluationPart } from './plan/plan-parts.js'
import type { CompletedPart, PartRun, PreparedPart } from './prepared-part.js'

/**
 * Asks a gateway what it serves, before the requests of a part.
 * @throws Error if it lacks a reward model
 */
export async function preparePart(
  given: EvaluationOptions,
  planned: EvaluationPart,
  selection: Selection,
  { server, model }: ServedGateway,
): Promise<PreparedPart> {
  const body = { ...(model === undefined ? {} : { model }), ...given.body }
  const options = { ...given, ...partStages(given, planned), out: folderOf(given.out, planned), server, body }
  const part = keepPools(planned, (await readEarlierSettings(evaluationPaths(options.out).answers))?.pools)
  const facts = await readGatewayFacts(server, options.signal)
  const oracle = requireRewardModels(options, facts)
  const asked = answerSettings(options, part.pools, facts)
  const pair = String(body.model ?? facts.model)
  return { options, part, selection, facts, pair, oracle, asked }
}

const folderOf = (out: string, { name }: EvaluationPart) => (name === null ? out : join(out, name))

/** Names the part in its stages, if it is not the only one. */
function partStages({ onCounts }: EvaluationOptions, { name }: EvaluationPart): Pick<PartRun, 'onCounts'> {
  if (name === null) return { onCounts }
  return { onCounts: (stage, counts, total) => onCounts?.(`${stage}, ${name}`, counts, total) }
}

/** Completes the files of answers and scores of a part. Errors of `runJobs`. */
export async function completePart(prepared: PreparedPart): Promise<CompletedPart> {
  const { options, asked } = prepared
  await mkdir(options.out, { recursive: true })
  const files = await completeFiles(prepared)
  const [first] = (await openManifest(files.answers, asked)).runs
  return { ...prepared, files, createdAt: String(first?.started) }
}

async function completeFiles(prepared: PreparedPart): Promise<EvaluationFiles> {
  const { options, part, selection, facts, oracle, asked } = prepared
  const { answers } = evaluationPaths(options.out)
  const settings = { ...options, selection, name: nameOf(asked), pools: part.pools, model: facts.model }
  const { manifest, earlier } = await openExtended(answers, asked)
  const rows = keepAnswers(settings, earlier, options.signal)
  await completeFile(options, facts, { stage: 'answers', out: answers, manifest }, rows)
  await removeEarlier(answers)
  const score = (stage: EvaluationStage, rewardModel: string) => completeScores(prepared, stage, rewardModel)
  const byOracle = await score('scores by the oracle', oracle)
  const byPicker = options.picker === null ? null : await score('scores by the picker', options.picker)
  return { answers, oracle: byOracle, picker: byPicker }
}

async function completeScores(
  { options, part, selection, facts, asked }: PreparedPart,
  stage: EvaluationStage,
  rewardModel: string,
): Promise<string> {
  const { signal } = options
  const paths = evaluationPaths(options.out)
  const out = paths.scores(rewardModel)
  const { manifest, earlier } = await openExtended(out, scoreSettings(asked, rewardModel, facts))
  const name = nameOf(asked)
  const perPrompt = part.pools.reduce((sum, { samples }) => sum + samples, 0)
  const jobs = await ScoreJobs.create({ selection, answers: paths.answers, perPrompt, rewardModel, name, signal })
  await completeFile(options, facts, { stage, out, manifest }, keepScores(jobs, earlier, part.pools, signal))
  await removeEarlier(out)
  return out
}
