import { assertBatchBody } from '../batch/batch-request.js'
import type { GatewayFacts } from '../batch/index.js'
import { maxAnswers } from '../report/index.js'
import { checkJudge } from './judge/check-judge.js'
import type { EvaluationOptions } from './options.js'
import { labelOf } from './plan/methods.js'
import type { PlannedStrategy } from './plan/plan-evaluation.js'
import { type EvaluationPart, planParts } from './plan/plan-parts.js'

type Checked = Pick<
  EvaluationOptions,
  | 'strategies'
  | 'samples'
  | 'adapterScale'
  | 'body'
  | 'prompts'
  | 'oracle'
  | 'picker'
  | 'reference'
  | 'baseline'
  | 'judge'
  | 'limit'
>

/** What an evaluation does: its parts, and the methods that the tables compare with. */
export interface CheckedEvaluation {
  readonly parts: readonly EvaluationPart[]
  /** The strategies of all parts. */
  readonly strategies: readonly PlannedStrategy[]
  readonly reference: string
  readonly baseline: string | null
}

const usualBaseline = 'greedy-sft'
/** Maximum scales of the adapter: each is a build of the model that stays on the disk. */
const maxScales = 32

/**
 * Plans an evaluation, and refuses what cannot work before anything is started.
 * @throws Error naming the setting
 */
export function checkEvaluation(options: Checked): CheckedEvaluation {
  const { strategies, body, prompts } = options
  assertBatchBody(body)
  if ('decoding' in body) throw new Error('decoding cannot be set in --body: use --strategies')
  for (const { method } of strategies) assertBatchBody({ decoding: method })
  if (prompts.hasTexts) throw new Error(`${prompts.path} has texts, and a reward model needs conversations`)
  const parts = planParts(options)
  const planned = parts.flatMap((part) => part.strategies)
  requirePicker(options, planned)
  const checked = { parts, strategies: planned, ...comparedMethods(options, planned) }
  const count = Math.min(prompts.count, options.limit ?? prompts.count)
  requireLimits(checked, count)
  if (options.judge) checkJudge(options.judge, checked, count)
  return checked
}

function requireLimits({ parts, strategies }: CheckedEvaluation, prompts: number): void {
  if (parts.length > maxScales)
    throw new Error(`the strategies name ${parts.length} scales of the adapter: expected at most ${maxScales}`)
  const answers = prompts * strategies.reduce((sum, { pick, samples }) => sum + (pick === 'all' ? samples : 1), 0)
  if (answers > maxAnswers)
    throw new Error(
      `the evaluation would have ${answers} answers: expected at most ${maxAnswers}. Use --limit, or name fewer strategies`,
    )
}

function requirePicker({ oracle, picker }: Checked, strategies: readonly PlannedStrategy[]): void {
  const best = strategies.find(({ pick }) => pick === 'best')
  if (best && picker === null)
    throw new Error(`${best.label} needs a picker: give --picker NAME, or leave ${best.label} out`)
  if (picker !== null && picker === oracle)
    throw new Error(
      `--picker and --oracle are both ${picker}: expected two models, because one would judge its own choice`,
    )
}

function comparedMethods({ strategies: asked, reference, baseline }: Checked, strategies: readonly PlannedStrategy[]) {
  const labels = strategies.filter(({ role }) => role === 'method').map(({ label }) => label)
  for (const [name, label] of Object.entries({ reference, baseline }))
    if (label !== null && !labels.includes(label))
      throw new Error(
        `--${name} is "${label}": expected a strategy of --strategies: ${labels.join(', ') || 'none given'}`,
      )
  const first = asked.find(({ role }) => role === 'method')
  if (first === undefined) throw new Error('only sweeps are named: expected a method too, e.g. --strategies aad')
  const chosen = reference ?? labelOf(first.method, first.adapterScale)
  const hasUsual = labels.includes(usualBaseline) && chosen !== usualBaseline
  return { reference: chosen, baseline: baseline ?? (hasUsual ? usualBaseline : null) }
}

/**
 * Checks that the reward models are served.
 * @returns the name of the oracle
 * @throws Error naming those that are served
 */
export function requireRewardModels(
  { oracle, picker }: Pick<EvaluationOptions, 'oracle' | 'picker'>,
  { rewardModels }: Pick<GatewayFacts, 'rewardModels'>,
): string {
  const served = `the reward models of the gateway are: ${rewardModels.join(', ') || 'none'}`
  if (oracle === null)
    throw new Error(`--oracle is missing: expected the reward model that scores the answers; ${served}`)
  for (const [option, name] of Object.entries({ oracle, picker }))
    if (name !== null && !rewardModels.includes(name))
      throw new Error(`--${option} ${name} is not served; ${served}. Add one with --reward NAME=SOURCE`)
  return oracle
}
