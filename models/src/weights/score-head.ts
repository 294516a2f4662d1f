import type { Adapter, WeightSource } from '../read/source.js'

export const scoreName = 'score.weight'

/** @throws Error where the classification head, the adapter's where it brings one, is missing or has more labels than one. */
export function assertOneLabel(source: WeightSource, adapter: Adapter | null): void {
  const head = adapter?.saved.get(scoreName) ?? source.tensors.get(scoreName)
  if (head === undefined)
    throw new Error(
      source.unreadable.get(scoreName) ??
        `a reward model has its head in the tensor ${scoreName}, and neither the checkpoint nor an adapter has one; is it wholly downloaded?`,
    )
  const [labels] = head.shape
  if (labels !== 1)
    throw new Error(
      `${scoreName} has shape [${head.shape}], a classifier of ${labels} labels; a reward model has one label. Train it with num_labels=1`,
    )
}
