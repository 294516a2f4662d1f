import type { Precision } from './manifest.js'
import type { ModelSource } from './source.js'
import { isGridType } from './weights/blocks.js'

/**
 * Returns `native` for a GGUF file with quantised tensors, whose grid it keeps exactly, and `fp32`
 * otherwise.
 */
export function defaultPrecision({ weights }: Pick<ModelSource, 'weights'>): Precision {
  const quantised = [...weights.tensors.values()].some(({ type }) => isGridType(type))
  return weights.kind === 'gguf' && quantised ? 'native' : 'fp32'
}

/** Checks a precision. @throws Error if it needs a grid that the source does not have */
export function assertPrecisionFits(precision: Precision, { weights }: Pick<ModelSource, 'weights'>): void {
  if ((precision === 'native' || precision === 'fast') && weights.kind !== 'gguf')
    throw new Error(
      `precision "${precision}" keeps the grid of a GGUF file, and this source is a safetensors checkpoint. ` +
        'Choose fp32, fp16, int8 or int4, or build from a GGUF file',
    )
}
