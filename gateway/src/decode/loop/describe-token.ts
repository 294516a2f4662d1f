import type { Row } from '../../session/session.js'
import { logProbabilityAt } from '../strategies/advantage.js'
import type { ModelScores } from '../strategies/reads.js'
import type { TokenDetail, TokenScore } from './token.js'

/** What an answer says of a token, from rows that were read. Pure. */

const maxListedCandidates = 256

/** log p of the id at a place of a readout. */
export function scoreAt(row: Row, readout: number, at: number): TokenScore {
  const scores = row.scores[readout]
  return { id: scores?.tokenIds[at] ?? -1, logprob: (scores?.logits[at] ?? Number.NaN) - row.logSumExp }
}

/** The first `count` ids of a readout. */
export function topScores(row: Row, readout: number, count: number): TokenScore[] {
  const length = Math.min(count, row.scores[readout]?.tokenIds.length ?? 0)
  return Array.from({ length }, (_, at) => scoreAt(row, readout, at))
}

/**
 * Candidates are listed by advantage, ties by lowest id.
 * @param read the pair at V_alpha; null where there is none
 */
export function toDetail(
  dpo: number,
  sft: number,
  read: { readonly dpo: ModelScores; readonly sft: ModelScores } | null,
): TokenDetail {
  if (!read) return { ...compare(dpo, sft), candidateCount: null, candidates: [] }
  const candidates = Array.from(read.dpo.scores.tokenIds, (id, i) => ({
    id,
    ...compare(logProbabilityAt(read.dpo, i), logProbabilityAt(read.sft, i)),
  })).sort((a, b) => b.advantage - a.advantage || a.id - b.id)
  return {
    ...compare(dpo, sft),
    candidateCount: candidates.length,
    candidates: candidates.slice(0, maxListedCandidates),
  }
}

const compare = (dpoLogprob: number, sftLogprob: number) => ({
  dpoLogprob,
  sftLogprob,
  advantage: dpoLogprob - sftLogprob,
})
