import { decodeModel, encodeModel, type OnnxGraph } from './schema.js'

/**
 * The same graph with all products of block matrices in float32 (`accuracy_level` 1): for devices whose int8 rounding is not the
 * CPU's. WebGPU rounds blocks of 128 where it rounds at all, and leaves the smallest products alone, so that residuals
 * (LinearInput.doubled) do not make up for it.
 */
export function withFloatActivations(model: Uint8Array): Uint8Array {
  const decoded = decodeModel(model)
  if (decoded.graph) setAccuracy(decoded.graph)
  return encodeModel(decoded)
}

function setAccuracy({ node }: OnnxGraph): void {
  for (const { attribute } of node)
    for (const one of attribute) {
      if (one.name === 'accuracy_level') one.i = 1
      if (one.g) setAccuracy(one.g)
    }
}
