import type { Value } from '../onnx/graph-builder.js'
import type { Decoder } from './decoder.js'

/** RMS norm over the last axis, times the weight [size] under `${name}.weight`. */
export function rmsNorm({ graph, config, weights }: Decoder, name: string, x: Value, size: number): Value {
  const weight = graph.initializer(`${name}.weight`, weights.vector(`${name}.weight`, size))
  return graph.node('SimplifiedLayerNormalization', [x, weight], {
    attributes: { axis: -1, epsilon: { float: config.normEpsilon }, stash_type: 1 },
  })
}
