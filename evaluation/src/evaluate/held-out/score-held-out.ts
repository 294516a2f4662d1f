import { basename, extname } from 'node:path'
import { completeFile } from '../../answers/complete-file.js'
import { readRows } from '../../answers/read-rows.js'
import { nameOf, openManifest } from '../../batch/index.js'
import type { EvaluationResults } from '../../report/index.js'
import { version } from '../../version.js'
import { evaluationPaths } from '../evaluation-paths.js'
import type { PreparedPart } from '../prepared-part.js'
import { HeldOutJobs, parseHeldOutRow } from './held-out-jobs.js'

/** Scores of one reward model on preference pairs. */
export type HeldOut = EvaluationResults['heldOut'][number]

/**
 * Scores held-out preference pairs with the oracle and the picker. Pairs that a reward model
 * refuses are left out.
 * @param folder the folder of the evaluation
 * @returns nothing if no file of pairs is given
 */
export async function scoreHeldOut(prepared: PreparedPart, folder: string): Promise<HeldOut[]> {
  const { options, oracle } = prepared
  if (options.heldOut === null) return []
  const models = [oracle, ...(options.picker === null ? [] : [options.picker])]
  const scored: HeldOut[] = []
  for (const rewardModel of models) scored.push(await scoreWith(prepared, folder, options.heldOut, rewardModel))
  return scored.filter(({ pairs }) => pairs.length > 0)
}

async function scoreWith(
  { options, facts }: PreparedPart,
  folder: string,
  pairs: NonNullable<PreparedPart['options']['heldOut']>,
  rewardModel: string,
): Promise<HeldOut> {
  const path = evaluationPaths(folder).heldOut(rewardModel)
  const model = facts.models?.find(({ name }) => name === rewardModel) ?? rewardModel
  const settings = { code: version, pairs: { sha256: pairs.sha256, count: pairs.count }, reward_model: model }
  const manifest = await openManifest(path, settings)
  const jobs = new HeldOutJobs(pairs, rewardModel, nameOf(settings))
  await completeFile(options, facts, { stage: 'held-out pairs', out: path, manifest }, jobs)
  const found: HeldOut['pairs'] = []
  for await (const { chosen, rejected } of readRows(path, parseHeldOutRow, options.signal))
    if (chosen !== null && rejected !== null) found.push({ chosen, rejected })
  return { rewardModel, dataset: basename(pairs.path, extname(pairs.path)), pairs: found }
}
