import type { ReplicaDescription } from './replica-description.js'

/** What a release needs to be known of a model: its replicas. */
export interface DescribedReplicas {
  describe(): readonly Pick<ReplicaDescription, 'state' | 'release'>[]
}

/**
 * Chooses the release of a request: one for which every model has a ready replica, at random by the
 * number of replicas. If there is none, it is the one that most models are ready for: the request
 * then waits for the others.
 * @param sets the replicas of each model that the request needs
 * @param random returns numbers from 0 to 1, without 1
 * @returns null if no replica has a label
 */
export function pickRelease(sets: readonly DescribedReplicas[], random: () => number = Math.random): string | null {
  const models = sets.map((set) => set.describe())
  const labels = [...new Set(models.flat().map(({ release }) => release ?? ''))].filter((label) => label !== '').sort()
  const choices = labels.map((label) => ({ label, counts: models.map((replicas) => countReady(replicas, label)) }))
  const served = choices.map(({ counts }) => counts.filter((count) => count > 0).length)
  const most = Math.max(...served)
  const best = choices.filter((_, i) => served[i] === most)
  return drawWeighted(best, random)?.label ?? null
}

function countReady(replicas: ReturnType<DescribedReplicas['describe']>, label: string): number {
  return replicas.filter(({ state, release }) => state === 'ready' && (release === label || release === '')).length
}

function drawWeighted<T extends { readonly counts: readonly number[] }>(choices: readonly T[], random: () => number) {
  // The model with the fewest replicas of a release limits how much the release can take.
  const weights = choices.map(({ counts }) => Math.max(1, Math.min(...counts)))
  let left = random() * weights.reduce((sum, weight) => sum + weight, 0)
  return choices.find((_, i) => {
    left -= weights[i] ?? 0
    return left < 0
  })
}
