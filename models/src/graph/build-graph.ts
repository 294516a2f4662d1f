import { decoderLayers } from '../architectures/index.js'
import type { ModelConfig } from '../config.js'
import { adapterSwitchName, graphOutputs } from '../graph-contract.js'
import type { Precision } from '../manifest.js'
import { GraphBuilder, type Value } from '../onnx/graph-builder.js'
import type { Weights } from '../weights/weights.js'
import { type Activations, type Decoder, type Run, startRun } from './decoder.js'
import { ResidualStream } from './residual-stream.js'
import { embed, readOut } from './vocabulary.js'

export interface GraphOptions {
  readonly precision: Precision
  /** Whether each token says if the adapter counts. */
  readonly switched: boolean
}

/** Up to so many tokens in a run int8 activations twice are faster, beyond it float32 (docs/decisions/decode-graph.md). */
const fewTokens = 8

/**
 * The whole graph of a decoder, with the inputs and outputs of graph-contract.ts. Reads no weights yet: they stream when it is written.
 * @throws Error naming a tensor that is missing or of another shape, and adapter updates that fit nowhere.
 */
export function buildGraph(config: ModelConfig, weights: Weights, { precision, switched }: GraphOptions): GraphBuilder {
  const graph = new GraphBuilder()
  const activations = precision === 'fast' ? 'once' : 'twice'
  const adapterSwitch = switched ? startSwitch(graph) : null
  const decoder: Decoder = { graph, config, weights, precision, activations, adapterSwitch }
  const run = startRun(decoder)
  const embedded = embed(decoder, run)
  const compute = hasHalfByteLayers(decoder) ? layersInTwoWays : layers
  const { last, newKeysValues } = compute(decoder, run, embedded)
  readOut(decoder, last)
  declareNewKeysValues(decoder, run, newKeysValues)
  weights.assertAllUpdatesUsed()
  return graph
}

/** float32 [N, 1] */
const startSwitch = (graph: GraphBuilder): Value =>
  graph.node('Reshape', [graph.input(adapterSwitchName, 'float32', ['S', 'B']), graph.ints([-1, 1])])

interface Computed {
  /** float32 [N, H]: what the last layer gives. */
  readonly last: Value
  /** float32 [L * 2 * S, B, KVH, D] */
  readonly newKeysValues: Value
}

function layers(decoder: Decoder, run: Run, embedded: Value): Computed {
  const { graph, config } = decoder
  const layer = decoderLayers[config.architecture]
  const parts: Value[] = []
  const stream = new ResidualStream(decoder, embedded)
  for (let i = 0; i < config.layers; i++) layer(decoder, { ...run, newKeysValues: parts }, i, stream)
  return { last: stream.value, newKeysValues: graph.node('Concat', parts, { attributes: { axis: 0 } }) }
}

/** 4-bit layers with exact activations, which pay to be computed differently for a few tokens and for many. */
function hasHalfByteLayers({ precision, weights }: Decoder): boolean {
  const types = [...weights.source.tensors.values()].map(({ type }) => type)
  return precision === 'int4' || (precision === 'native' && (types.includes('Q4_0') || types.includes('Q4_1')))
}

function layersInTwoWays(decoder: Decoder, run: Run, embedded: Value): Computed {
  const { graph } = decoder
  const way = (activations: Activations) => () => {
    const { last, newKeysValues } = layers({ ...decoder, activations }, run, embedded)
    return [last, newKeysValues]
  }
  const few = graph.node('LessOrEqual', [graph.node('Size', [run.tokenIds]), graph.int(fewTokens)])
  const computed: Computed = { last: 'last_hidden_state', newKeysValues: 'flat_keys_values' }
  graph.choose(few, [computed.last, computed.newKeysValues], way('twice'), way('float'))
  return computed
}

function declareNewKeysValues({ graph, config }: Decoder, { keyShape }: Run, flat: Value): void {
  const { layers, keyValueHeads, headSize } = config
  const shape = graph.node('Concat', [graph.ints([layers, 2]), keyShape], { attributes: { axis: 0 } })
  graph.node('Reshape', [flat, shape], { name: graphOutputs.newKeysValues })
  graph.output(graphOutputs.newKeysValues, 'float32', [layers, 2, 'S', 'B', keyValueHeads, headSize])
}
