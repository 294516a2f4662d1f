import { decoderLayers } from '../architectures/index.js'
import type { ModelConfig } from '../config.js'
import type { Precision } from '../manifest.js'
import { GraphBuilder } from '../onnx/graph-builder.js'
import type { Weights } from '../weights/weights.js'
import { type Decoder, startRun } from './decoder.js'
import { embed, readOut } from './vocabulary.js'

/**
 * The whole graph of a decoder, with the inputs and outputs of graph-contract.ts. Reads no weights yet: they stream when it is written.
 * @throws Error naming a tensor that is missing or of another shape, and adapter updates that fit nowhere.
 */
export function buildGraph(config: ModelConfig, weights: Weights, precision: Precision): GraphBuilder {
  const graph = new GraphBuilder()
  const decoder: Decoder = { graph, config, weights, precision }
  const run = startRun(decoder)
  const layer = decoderLayers[config.architecture]
  let x = embed(decoder, run)
  for (let i = 0; i < config.layers; i++) x = layer(decoder, run, i, x)
  readOut(decoder, x)
  weights.assertAllUpdatesUsed()
  return graph
}
