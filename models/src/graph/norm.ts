import type { Value } from '../onnx/graph-builder.js'
import type { Decoder } from './decoder.js'

/**
 * Computes the RMS norm over the last axis, times the weight [size] of the tensor `${name}.weight`.
 */
export function rmsNorm(decoder: Decoder, name: string, x: Value, size: number): Value {
  const { graph, config } = decoder
  return graph.node('SimplifiedLayerNormalization', [x, normWeight(decoder, name, size)], {
    attributes: { axis: -1, epsilon: { float: config.normEpsilon }, stash_type: 1 },
  })
}

/** Computes x + y and its RMS norm in one operator. x, y [N, size] */
export function skipRmsNorm(decoder: Decoder, name: string, x: Value, y: Value, size: number) {
  const { graph, config } = decoder
  // Names are unique in the whole graph, and one graph can compute a layer with two kinds of
  // activations.
  const sum = `${name}.sum.${decoder.activations}`
  const normalised = graph.node('SkipSimplifiedLayerNormalization', [x, y, normWeight(decoder, name, size)], {
    domain: 'com.microsoft',
    attributes: { epsilon: { float: config.normEpsilon } },
    // The second and third output are for training.
    furtherOutputs: ['', '', sum],
  })
  return { sum, normalised }
}

const normWeight = ({ graph, weights }: Decoder, name: string, size: number): Value =>
  graph.initializer(`${name}.weight`, weights.vector(`${name}.weight`, size))
