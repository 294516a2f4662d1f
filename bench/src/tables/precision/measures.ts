import { logSumExp, plausibleIds } from '@tandem/test'

/** Logits of one model after each token of each answer: one float32 [V] per step. */
export type Steps = readonly Float32Array[]

/** Returns A(v) = log p_dpo(v) - log p_sft(v) (paper, eq. 7) for each of the ids. */
export function advantages(dpo: Float32Array, sft: Float32Array, ids: readonly number[]): number[] {
  const shift = logSumExp(sft) - logSumExp(dpo)
  return ids.map((v) => (dpo[v] ?? Number.NaN) - (sft[v] ?? Number.NaN) + shift)
}

/** Returns the token that Algorithm 1 of the paper picks. Of equal scores the lowest id wins. */
export function pickAad(dpo: Float32Array, sft: Float32Array, alpha: number): number {
  const ids = plausibleIds(dpo, alpha)
  const scores = advantages(dpo, sft, ids)
  let best = 0
  for (const [i, score] of scores.entries()) if (score > (scores[best] ?? Number.NaN)) best = i
  return ids[best] ?? -1
}

/** Returns KL(p || q) of two rows of logits, in nats. */
export function divergence(p: Float32Array, q: Float32Array): number {
  const [sumP, sumQ] = [logSumExp(p), logSumExp(q)]
  let total = 0
  for (const [v, z] of p.entries()) {
    const logP = z - sumP
    total += Math.exp(logP) * (logP - ((q[v] ?? Number.NaN) - sumQ))
  }
  return total
}

/** How far a variant is from fp32. */
export interface Quality {
  /** Mean of KL(p_dpo at fp32 || p_dpo) over the steps, in nats. */
  readonly divergence: number
  /** Root mean square of A - A at fp32 over the V_alpha of fp32 in all steps, in nats. */
  readonly advantageError: number
  /** Share of the steps in which AAD picks the golden token. */
  readonly sameTokens: number
}

/**
 * Compares the steps of a pair with those of fp32, both teacher-forced on the golden answers.
 * @throws Error if a step is missing
 */
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
    if (!dpo || !sft || !foundDpo || !foundSft)
      throw new Error(`expected logits for ${goldenIds.length} steps, found none for step ${step}`)
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
