import { decodeModel, encodeModel, type OnnxGraph } from './schema.js'

/**
 * Returns the same graph with all products of block matrices in float32 (`accuracy_level` 1), for
 * devices that round to int8 in another way than the CPU. WebGPU rounds blocks of 128 and does not
 * round the smallest products, so residuals (LinearInput.doubled) cannot correct its rounding.
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
