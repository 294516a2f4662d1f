import type { Row } from '../../session/contract/session.js'
import { logProbabilityAt } from '../strategies/advantage.js'
import type { ModelScores } from '../strategies/reads.js'
import type { TokenDetail, TokenScore } from './token.js'

const maxListedCandidates = 256

/** Returns the id at an index of a readout, with its log-probability. */
export function scoreAt(row: Row, readout: number, at: number): TokenScore {
  const scores = row.scores[readout]
  return { id: scores?.tokenIds[at] ?? -1, logprob: (scores?.logits[at] ?? Number.NaN) - row.logSumExp }
}

/** Returns the first `count` ids of a readout, with their log-probabilities. */
export function topScores(row: Row, readout: number, count: number): TokenScore[] {
  const length = Math.min(count, row.scores[readout]?.tokenIds.length ?? 0)
  return Array.from({ length }, (_, at) => scoreAt(row, readout, at))
}

/**
 * Compares both models' log-probabilities of a token, and lists the
 * candidates by advantage (ties: lowest id).
 * @param candidates both models' scores over V_alpha; null if the strategy has no V_alpha
 */
export function toDetail(
  dpo: number,
  sft: number,
  candidates: { readonly dpo: ModelScores; readonly sft: ModelScores } | null,
): TokenDetail {
  if (!candidates) return { ...compare(dpo, sft), candidateCount: null, candidates: [] }
  const listed = Array.from(candidates.dpo.scores.tokenIds, (id, i) => ({
    id,
    ...compare(logProbabilityAt(candidates.dpo, i), logProbabilityAt(candidates.sft, i)),
  })).sort((a, b) => b.advantage - a.advantage || a.id - b.id)
  return {
    ...compare(dpo, sft),
    candidateCount: listed.length,
    candidates: listed.slice(0, maxListedCandidates),
  }
}

const compare = (dpoLogprob: number, sftLogprob: number) => ({
  dpoLogprob,
  sftLogprob,
  advantage: dpoLogprob - sftLogprob,
})
