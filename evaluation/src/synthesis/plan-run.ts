import type { Method } from '../answers/pool.js'
import { assertBatchBody, requireLength } from '../batch/batch-request.js'
import type { GatewayFacts } from '../batch/index.js'
import type { SynthesisOptions } from './options.js'
import { maxSamples, needsReward, type Plan, planSides } from './sides.js'

type Planned = Pick<SynthesisOptions, 'chosen' | 'rejected' | 'adherence' | 'body' | 'prompts'>

/**
 * Plans which answers are asked for, and refuses what cannot work before anything is started.
 * @throws Error naming the setting
 */
export function planRun({ chosen, rejected, adherence, body, prompts }: Planned): Plan {
  assertBatchBody(body)
  if ('decoding' in body) throw new Error('decoding cannot be set in --body: use --chosen and --rejected')
  for (const method of [chosen, rejected]) if (!isEarlier(method)) assertBatchBody({ decoding: method })
  const second = isEarlier(rejected) ? null : rejected
  const plan = adherence ? planSamples(chosen, adherence.samples) : planSides(chosen, second)
  if (prompts.hasTexts && needsReward(plan))
    throw new Error(`${prompts.path} has texts, and a reward model needs conversations`)
  requireLength(prompts, body)
  return plan
}

/** Whether the rejected answers are those of an earlier round. */
export const isEarlier = (rejected: Method | { readonly from: string }): rejected is { readonly from: string } =>
  'from' in rejected && !('strategy' in rejected)

function planSamples(chosen: Method, samples: number): Plan {
  const { pools } = planSides(chosen, null)
  const [pool] = pools
  const isSampled = chosen.strategy === 'sample' || Number(chosen.temperature) > 0
  if (!pool || pool.samples > 1 || !isSampled)
    throw new Error(`adherence pairs are made of samples, and ${chosen.strategy} gives one answer: use "sample"`)
  if (samples > maxSamples) throw new Error(`--samples is ${samples}: expected at most ${maxSamples}`)
  const side = { pool: 0, samples, pick: 'only' } as const
  return { pools: [{ decoding: pool.decoding, samples }], chosen: side, rejected: side }
}

/**
 * Chooses the reward model that scores the answers; null if there is none.
 * @throws Error if the named one is not served, or a strategy needs one
 */
export function chooseRewardModel(
  { rewardModel, adherence, prompts }: Pick<SynthesisOptions, 'rewardModel' | 'adherence' | 'prompts'>,
  plan: Plan,
  { rewardModels }: Pick<GatewayFacts, 'rewardModels'>,
): string | null {
  const served = `the reward models of the gateway are: ${rewardModels.join(', ') || 'none'}`
  if (rewardModel !== null && !rewardModels.includes(rewardModel))
    throw new Error(`--score-with ${rewardModel} is not served; ${served}`)
  if (rewardModel !== null && prompts.hasTexts)
    throw new Error(`${prompts.path} has texts, and a reward model needs conversations: remove --score-with`)
  if (needsReward(plan) && rewardModels.length === 0)
    throw new Error(`best-of-n and worst-of-n need a reward model; ${served}. Add one with --reward NAME=SOURCE`)
  if (adherence || prompts.hasTexts) return rewardModel
  return rewardModel ?? rewardModels[0] ?? null
}
