import { dequantize } from '../../weights/dequantize.js'
import { rowRanges } from '../../weights/matrix.js'
import type { StoredType, WeightSource } from '../source.js'

/** Rounding stays below this share of the largest weight, by how the base is stored; another vocabulary does not. */
const tolerances: Readonly<Record<StoredType, number>> = {
  F32: 0.01,
  F16: 0.01,
  BF16: 0.01,
  Q8_0: 0.01,
  // One step, an eighth of the largest: the end of the grid that has a number less is clipped.
  Q4_0: 0.14,
  // Half a step of fifteen from the least to the largest.
  Q4_1: 0.08,
}

/**
 * PEFT saves a copy of an output layer that it changed. A copy of the base's own is nothing new; another cannot be applied.
 * @throws Error naming the layer where it is another.
 */
export async function assertSameLayer(
  weights: WeightSource,
  name: string,
  base: WeightSource,
  module: string,
  root: string,
): Promise<void> {
  // A tied output layer is the embedding.
  const baseName = [`${module}.weight`, 'model.embed_tokens.weight'].find((known) => base.tensors.has(known))
  const copy = weights.tensors.get(name)
  const own = baseName === undefined ? undefined : base.tensors.get(baseName)
  const refusal = `${root} brings its own ${module} (${name} [${copy?.shape}]), which is not the base's [${own?.shape}]; it cannot be applied`
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
