import type { Answer } from '../../answers/answer.js'
import type { Plan, Side } from '../sides.js'

/** Why an answer or a pair is dropped. */
export type Drop = { readonly dropped: string }

/** Two answers to a prompt. */
export interface Sides {
  readonly chosen: Answer
  readonly rejected: Answer
}

/**
 * Selects both sides of a pair, or says why there is none.
 * @param pools the answers of each pool
 * @param earlier the rejected answer of an earlier round, if the plan has none
 * @param completeOnly whether answers that the limit of tokens cut are dropped
 */
export function preferencePair(
  plan: Plan,
  pools: readonly (readonly (Answer | null)[])[],
  earlier: Answer | null,
  completeOnly: boolean,
): Sides | Drop {
  const chosen = pickAnswer(pools, plan.chosen)
  const rejected = plan.rejected ? pickAnswer(pools, plan.rejected) : (earlier ?? { dropped: reasons.refused })
  if ('dropped' in chosen) return chosen
  if ('dropped' in rejected) return rejected
  if (isBlank(chosen) || isBlank(rejected)) return { dropped: reasons.blank }
  if (isIdentical(chosen, rejected)) return { dropped: reasons.identical }
  if (isByReward(plan) && chosen.score === rejected.score) return { dropped: reasons.tie }
  if (completeOnly && (isCut(chosen) || isCut(rejected))) return { dropped: reasons.cut }
  return { chosen, rejected }
}

const reasons = {
  refused: 'the gateway refused the prompt',
  unscored: 'the reward model refused an answer',
  blank: 'an answer is empty',
  identical: 'chosen and rejected are identical',
  tie: 'best and worst have the same score',
  cut: 'an answer was cut by the limit of tokens',
}

/** Whether an answer was cut by the limit of tokens. */
export const isCut = ({ finishReason }: Answer): boolean => finishReason === 'length'

/** Whether an answer has no text. */
export const isBlank = ({ text }: Answer): boolean => text.trim() === ''

/** Whether two answers teach no difference: white space around them does not count. */
export const isIdentical = (a: Answer, b: Answer): boolean => a.text.trim() === b.text.trim()

const isByReward = ({ chosen, rejected }: Plan) => chosen.pick === 'best' && rejected?.pick === 'worst'

function pickAnswer(pools: readonly (readonly (Answer | null)[])[], { pool, samples, pick }: Side): Answer | Drop {
  const answers = (pools[pool] ?? []).slice(0, samples).filter((answer) => answer !== null)
  const [first] = answers
  if (!first) return { dropped: reasons.refused }
  if (pick === 'only') return first
  // If scores are equal the first answer wins, as in best-of-n of the gateway.
  const sign = pick === 'best' ? 1 : -1
  const scored = answers.filter(({ score }) => score !== null)
  const best = scored.reduce<Answer | null>((a, b) => (a && sign * scoreOf(a) >= sign * scoreOf(b) ? a : b), null)
  return best ?? { dropped: reasons.unscored }
}

const scoreOf = ({ score }: Answer) => score ?? 0
