import { logSumExp } from '../support/log-probabilities.js'

/** Logits of one model after each token of each answer: float32 [V] a step. */
export type Steps = readonly Float32Array[]

/** Ids of V_alpha (paper, eq. 9), in rising order. */
export function plausibleIds(dpo: Float32Array, alpha: number): number[] {
  let max = Number.NEGATIVE_INFINITY
  for (const z of dpo) max = Math.max(max, z)
  const border = max + Math.log(alpha)
  const ids: number[] = []
  for (const [v, z] of dpo.entries()) if (z >= border) ids.push(v)
  return ids
}

/** A(v) = log p_dpo(v) - log p_sft(v) (eq. 7) at some ids. */
export function advantages(dpo: Float32Array, sft: Float32Array, ids: readonly number[]): number[] {
  const shift = logSumExp(sft) - logSumExp(dpo)
  return ids.map((v) => (dpo[v] ?? Number.NaN) - (sft[v] ?? Number.NaN) + shift)
}

/** The token of Algorithm 1; ties go to the lowest id. */
export function pickAad(dpo: Float32Array, sft: Float32Array, alpha: number): number {
  const ids = plausibleIds(dpo, alpha)
  const scores = advantages(dpo, sft, ids)
  let best = 0
  for (const [i, score] of scores.entries()) if (score > (scores[best] ?? Number.NaN)) best = i
  return ids[best] ?? -1
}

/** KL(p || q) in nats, of two rows of logits. */
export function divergence(p: Float32Array, q: Float32Array): number {
  const [sumP, sumQ] = [logSumExp(p), logSumExp(q)]
  let total = 0
  for (const [v, z] of p.entries()) {
    const logP = z - sumP
    total += Math.exp(logP) * (logP - ((q[v] ?? Number.NaN) - sumQ))
  }
  return total
}

export interface Quality {
  /** Mean KL(p_dpo at fp32 || p_dpo) a step, nats. */
  readonly divergence: number
  /** Root mean square of A - A at fp32 over fp32's V_alpha of all steps, nats. */
  readonly advantageError: number
  /** Share of steps where AAD picks the golden token. */
  readonly sameTokens: number
}

/** How far a pair's steps are from fp32's, teacher-forced on the golden answers. */
export function measureQuality(
  exact: { sft: Steps; dpo: Steps },
  found: { sft: Steps; dpo: Steps },
  goldenIds: readonly number[],
  alpha: number,
): Quality {
  let [divergenceSum, squares, candidates, same] = [0, 0, 0, 0]
  for (const [step, golden] of goldenIds.entries()) {
    const rows = [exact.dpo[step], exact.sft[step], found.dpo[step], found.sft[step]]
    const [dpo, sft, foundDpo, foundSft] = rows
    if (!dpo || !sft || !foundDpo || !foundSft) throw new Error(`step ${step} of ${goldenIds.length} was not measured`)
    divergenceSum += divergence(dpo, foundDpo)
    const ids = plausibleIds(dpo, alpha)
    const wanted = advantages(dpo, sft, ids)
    const given = advantages(foundDpo, foundSft, ids)
    for (const [i, a] of wanted.entries()) squares += ((given[i] ?? Number.NaN) - a) ** 2
    candidates += ids.length
    if (pickAad(foundDpo, foundSft, alpha) === golden) same++
  }
  return {
    divergence: divergenceSum / goldenIds.length,
    advantageError: Math.sqrt(squares / candidates),
    sameTokens: same / goldenIds.length,
  }
}
