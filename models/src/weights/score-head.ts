import type { Adapter, WeightSource } from '../source.js'

/** The tensor of a reward model's head. */
export const scoreName = 'score.weight'

/**
 * Checks the head of a reward model: that of the adapter if it has one, else that of the
 * checkpoint.
 * @throws Error if it is missing or has more than one label
 */
export function assertOneLabel(source: WeightSource, adapter: Adapter | null): void {
  const head = adapter?.saved.get(scoreName) ?? source.tensors.get(scoreName)
  if (head === undefined)
    throw new Error(
      source.unreadable.get(scoreName) ??
        `a reward model needs the tensor ${scoreName}, and neither the checkpoint nor an adapter has it; ` +
          'is the download complete?',
    )
  const [labels] = head.shape
  if (labels !== 1)
    throw new Error(
      `${scoreName} has shape [${head.shape}], which is ${labels} labels: expected one label. Train it with num_labels=1`,
    )
}
