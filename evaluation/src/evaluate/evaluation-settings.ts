import type { Pool } from '../answers/pool.js'
import { type GatewayFacts, gatewaySettings } from '../batch/index.js'
import type { Fields } from '../prompts/index.js'
import { version } from '../version.js'
import type { PartRun } from './prepared-part.js'

/**
 * Everything that the answers depend on. Reward models are not among it, so that other ones can
 * score the same answers.
 */
export function answerSettings(
  { prompts, body, seed, limit }: PartRun,
  pools: readonly Pool[],
  facts: GatewayFacts,
): Fields {
  const models = facts.models?.filter(({ name }) => !facts.rewardModels.includes(name)) ?? null
  return {
    code: version,
    prompts: { sha256: prompts.sha256, form: prompts.form, count: prompts.count, limit },
    request: { model: facts.model, ...body },
    pools,
    seed,
    gateway: gatewaySettings(facts, models),
  }
}

/** Everything that the scores by a reward model depend on. */
export const scoreSettings = (answers: Fields, rewardModel: string, { models }: GatewayFacts): Fields => ({
  ...answers,
  reward_model: models?.find(({ name }) => name === rewardModel) ?? rewardModel,
})
