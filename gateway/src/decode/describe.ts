import type { Row } from '../session/session.js'
import type { PickInput } from './strategies/strategy.js'
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

/** Candidates are listed where both models were read at them (V_alpha), by advantage, ties by lowest id. */
export function toDetail(dpo: number, sft: number, { lead, other }: PickInput): TokenDetail {
  const chosen = { dpoLogprob: dpo, sftLogprob: sft, advantage: dpo - sft }
  if (!other) return { ...chosen, candidateCount: null, candidates: [] }
  const candidates = Array.from(lead.scores.tokenIds, (id, i) => {
    const dpoLogprob = (lead.scores.logits[i] ?? Number.NaN) - lead.row.logSumExp
    const sftLogprob = (other.scores.logits[i] ?? Number.NaN) - other.row.logSumExp
    return { id, dpoLogprob, sftLogprob, advantage: dpoLogprob - sftLogprob }
  }).sort((a, b) => b.advantage - a.advantage || a.id - b.id)
  return { ...chosen, candidateCount: candidates.length, candidates: candidates.slice(0, maxListedCandidates) }
}
