import { dequantize } from '../../weights/dequantize.js'
import { rowRanges } from '../../weights/matrix.js'
import type { WeightSource } from '../source.js'

/** Half precision and a block's rounding stay below this share of the largest weight; another vocabulary does not. */
const tolerance = 0.05

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
    if (theirs.some((value, i) => Math.abs(value - (ours[i] ?? 0)) > tolerance * largest)) throw new Error(refusal)
  }
}
