import { AnswerJobs } from '../answers/answer-jobs.js'
import { completeFile } from '../answers/complete-file.js'
import { ScoreJobs } from '../answers/score-jobs.js'
import { type Selection, selectPrompts } from '../answers/select-prompts.js'
import { type GatewayFacts, nameOf, openManifest, readGatewayFacts, recordRun, startRun } from '../batch/index.js'
import { readExpected } from '../criteria/expected.js'
import type { Fields } from '../prompts/index.js'
import type { SynthesisCounts } from './counts.js'
import { EarlierRejected } from './earlier-rejected.js'
import { makePairs } from './make-pairs.js'
import type { SynthesisOptions } from './options.js'
import { chooseRewardModel, isEarlier, planRun } from './plan-run.js'
import type { RunFiles } from './read-groups.js'
import { runPaths } from './run-paths.js'
import { answerSettings, pairSettings } from './settings.js'
import type { Plan } from './sides.js'

/**
 * Asks a gateway for answers to the prompts of a file, and makes preference pairs of them. The
 * answers are in a file of their own, and their scores in another. Run again after it ended early,
 * it continues them, and the pairs become those of an unbroken run.
 * @throws Error if a setting is wrong, or differs from those that a file was begun with; errors of
 *   `runJobs`
 */
export async function runSynthesis(options: SynthesisOptions): Promise<SynthesisCounts> {
  const plan = planRun(options)
  const { rejected, adherence, signal } = options
  if (adherence || !isEarlier(rejected)) return synthesize(options, plan, null)
  const earlier = await EarlierRejected.open(rejected.from, signal)
  try {
    return await synthesize(options, plan, earlier)
  } finally {
    await earlier.close()
  }
}

/** What a run knows before it asks. */
interface Prepared {
  readonly options: SynthesisOptions
  readonly plan: Plan
  readonly selection: Selection
  readonly facts: GatewayFacts
  readonly rewardModel: string | null
  /** What the answers depend on. */
  readonly asked: Fields
}

async function synthesize(
  options: SynthesisOptions,
  plan: Plan,
  earlier: EarlierRejected | null,
): Promise<SynthesisCounts> {
  const selection = await selectAsked(options, earlier)
  const facts = await readGatewayFacts(options.server, options.signal)
  const rewardModel = chooseRewardModel(options, plan, facts)
  const asked = answerSettings(options, plan, facts, earlier?.sha256 ?? null)
  const manifest = await openManifest(options.out, { ...asked, ...pairSettings(options, plan, rewardModel) })
  const start = await startRun()
  const files = await makeFiles({ options, plan, selection, facts, rewardModel, asked })
  const counts = await makePairs(options, { plan, earlier, files })
  await recordRun(manifest, start, { ...counts })
  return counts
}

/** The prompts that are asked: with an earlier round, those that it has. */
function selectAsked({ prompts, adherence }: SynthesisOptions, earlier: EarlierRejected | null): Promise<Selection> {
  return selectPrompts(
    prompts,
    (key) => earlier?.has(key) ?? true,
    ({ columns }) => {
      if (adherence) readExpected(columns, adherence.expectedField)
    },
  )
}

/** Completes the files of answers and scores. */
async function makeFiles({ options, plan, selection, facts, rewardModel, asked }: Prepared): Promise<RunFiles> {
  const { signal } = options
  const name = nameOf(asked)
  const paths = runPaths(options.out)
  const answers = new AnswerJobs({ ...options, selection, name, pools: plan.pools, model: facts.model })
  const manifest = await openManifest(paths.answers, asked)
  await completeFile(options, facts, { stage: 'answers', out: paths.answers, manifest }, answers)
  const files = { selection, answers: paths.answers, perPrompt: answers.perPrompt, scores: null, signal }
  if (rewardModel === null) return files
  const scores = await ScoreJobs.create({ ...files, rewardModel, name })
  const scored = await openManifest(paths.scores, { ...asked, reward_model: rewardModel })
  await completeFile(options, facts, { stage: 'scores', out: paths.scores, manifest: scored }, scores)
  return { ...files, scores: paths.scores }
}
