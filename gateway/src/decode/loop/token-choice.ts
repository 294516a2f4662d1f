import { logProbabilityAt } from '../strategies/advantage.js'
import type { ModelScores, Reads } from '../strategies/reads.js'
import { firstOf, type StepRead } from './read-step.js'
import type { TokenChoice } from './token.js'

/** Returns |V_alpha|: the number of ids that the leading model selected for the other models. */
export const countCandidates = ({ readout, others }: Reads, tokenIds: Uint32Array): number | null =>
  readout.kind === 'candidates' && others.length > 0 ? tokenIds.length : null

/** Returns a model's log-probability of an id; null if it was not read. */
export function logprobOf(id: number, read: ModelScores | undefined): number | null {
  if (!read) return null
  const { tokenIds } = read.scores
  // The ids of a full row are their own indices, so the vocabulary need not be searched.
  const at = tokenIds[id] === id ? id : tokenIds.indexOf(id)
  return at < 0 ? null : logProbabilityAt(read, at)
}

/** Returns A = log p_dpo - log p_sft; null if one of them is unknown, or if A is not finite. */
export function advantageOf(dpo: number | null, sft: number | null): number | null {
  const advantage = (dpo ?? Number.NaN) - (sft ?? Number.NaN)
  return Number.isFinite(advantage) ? advantage : null
}

/**
 * Describes the choice of a token from what a step of all models has read.
 * @param known log-probabilities of the id that were read besides
 */
export function describeChoice(
  id: number,
  { reads, rows, unadjusted, input }: StepRead,
  known: { readonly dpo?: number | null; readonly sft?: number | null } = {},
): TokenChoice {
  const leadRow = rows.get(reads.lead)
  const readOf = (name: string) =>
    unadjusted.get(name) ?? (name === reads.lead && leadRow ? firstOf(leadRow) : undefined)
  const dpo = known.dpo ?? logprobOf(id, readOf('dpo'))
  const sft = known.sft ?? logprobOf(id, readOf('sft'))
  return {
    candidateCount: countCandidates(reads, input.lead.scores.tokenIds),
    advantage: advantageOf(dpo, sft),
    isDraft: false,
  }
}
