import { decoderLayers } from '../architectures/index.js'
import type { ModelConfig } from '../config.js'
import { newKeyName, newValueName } from '../graph-contract.js'
import type { Precision } from '../manifest.js'
import { GraphBuilder, type Value } from '../onnx/graph-builder.js'
import type { Weights } from '../weights/weights.js'
import { type Activations, type Decoder, type Run, startRun } from './decoder.js'
import { embed, readOut } from './vocabulary.js'

/** Up to so many tokens in a run, int8 activations twice are the faster exact form; beyond, float32 is (docs/precision.md). */
const fewTokens = 6

/**
 * The whole graph of a decoder, with the inputs and outputs of graph-contract.ts. Reads no weights yet: they stream when it is written.
 * @throws Error naming a tensor that is missing or of another shape, and adapter updates that fit nowhere.
 */
export function buildGraph(config: ModelConfig, weights: Weights, precision: Precision): GraphBuilder {
  const graph = new GraphBuilder()
  const activations = precision === 'fast' ? 'once' : 'twice'
  const decoder: Decoder = { graph, config, weights, precision, activations }
  const run = startRun(decoder)
  const embedded = embed(decoder, run)
  const last = hasHalfByteLayers(decoder) ? layersInTwoWays(decoder, run, embedded) : layers(decoder, run, embedded)
  readOut(decoder, last)
  weights.assertAllUpdatesUsed()
  return graph
}

function layers(decoder: Decoder, run: Run, embedded: Value): Value {
  const layer = decoderLayers[decoder.config.architecture]
  let x = embedded
  for (let i = 0; i < decoder.config.layers; i++) x = layer(decoder, run, i, x)
  return x
}

/** 4-bit layers with exact activations, which pay to be computed differently for a few tokens and for many. */
function hasHalfByteLayers({ precision, weights }: Decoder): boolean {
  const types = [...weights.source.tensors.values()].map(({ type }) => type)
  return precision === 'int4' || (precision === 'native' && (types.includes('Q4_0') || types.includes('Q4_1')))
}

function layersInTwoWays(decoder: Decoder, run: Run, embedded: Value): Value {
  const { graph, config } = decoder
  const caches = Array.from({ length: config.layers }, (_, i) => [newKeyName(i), newValueName(i)]).flat()
  const way = (activations: Activations) => () => {
    const suffix = `.${activations}`
    const last = layers({ ...decoder, activations }, { ...run, suffix }, embedded)
    return [last, ...caches.map((name) => `${name}${suffix}`)]
  }
  const few = graph.node('LessOrEqual', [graph.node('Size', [run.tokenIds]), graph.int(fewTokens)])
  const last = 'last_hidden_state'
  graph.choose(few, [last, ...caches], way('twice'), way('float'))
  return last
}
