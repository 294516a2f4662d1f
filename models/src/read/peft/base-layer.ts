import type { StoredType, WeightSource } from '../../source.js'
import { dequantize } from '../../weights/dequantize.js'
import { rowRanges } from '../../weights/matrix.js'
import { mergeAdvice } from './merge-advice.js'

/**
 * Maximum rounding error by the type of the base, as a share of the largest weight. Another
 * vocabulary differs more.
 */
const tolerances: Readonly<Record<StoredType, number>> = {
  F32: 0.01,
  F16: 0.01,
  BF16: 0.01,
  Q8_0: 0.01,
  // One step, an eighth of the largest weight: the positive end of the grid is clipped.
  Q4_0: 0.14,
  // Half a step, and there are fifteen steps from the smallest to the largest weight.
  Q4_1: 0.08,
}

/**
 * Checks a layer that an adapter contains. PEFT saves a copy of an output layer that it changed. A
 * copy that equals the layer of the base is accepted, and any other copy cannot be applied.
 * @throws Error with the layer if it differs
 */
export async function assertSameLayer(
  weights: WeightSource,
  name: string,
  base: WeightSource,
  module: string,
  root: string,
): Promise<void> {
  // A tied output layer uses the tensor of the embedding.
  const baseName = [`${module}.weight`, 'model.embed_tokens.weight'].find((known) => base.tensors.has(known))
  const copy = weights.tensors.get(name)
  const own = baseName === undefined ? undefined : base.tensors.get(baseName)
  const refusal =
    `${root} contains its own ${module} (${name} [${copy?.shape}]), which differs from the base's [${own?.shape}]; ` +
    `it cannot be applied${(copy?.shape[0] ?? 0) > (own?.shape[0] ?? 0) ? ', because tokens were added in training' : ''}. ` +
    mergeAdvice
  if (copy === undefined || own === undefined || baseName === undefined || copy.shape.join() !== own.shape.join())
    throw new Error(refusal)

  const [rows = 1, columns = 1] = own.shape
  for (const range of rowRanges({ rows, columns })) {
    const ours = dequantize(own.type, await base.readRows(baseName, ...range))
    const theirs = dequantize(copy.type, await weights.readRows(name, ...range))
    const largest = ours.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
    if (theirs.some((value, i) => Math.abs(value - (ours[i] ?? 0)) > tolerances[own.type] * largest))
      throw new Error(refusal)
  }
}
