import { type GatewayFacts, gatewaySettings } from '../batch/index.js'
import type { Fields } from '../prompts/index.js'
import { version } from '../version.js'
import type { SynthesisOptions } from './options.js'
import type { Plan } from './sides.js'

/** Everything that the answers depend on. */
export function answerSettings(
  { prompts, body, seed }: SynthesisOptions,
  { pools }: Plan,
  facts: GatewayFacts,
  earlierSha256: string | null,
): Fields {
  return {
    code: version,
    prompts: { sha256: prompts.sha256, form: prompts.form, count: prompts.count },
    rejected_from: earlierSha256,
    request: { model: facts.model, ...body },
    pools,
    seed,
    gateway: gatewaySettings(facts, facts.models),
  }
}

/** Everything that the pairs depend on besides the answers. */
export function pairSettings(
  { adherence, isImplicit, completeOnly }: SynthesisOptions,
  plan: Plan,
  rewardModel: string | null,
): Fields {
  return {
    pairs: adherence ? { ...adherence } : { chosen: plan.chosen, rejected: plan.rejected },
    reward_model: rewardModel,
    implicit_prompt: isImplicit,
    complete_only: completeOnly,
  }
}
