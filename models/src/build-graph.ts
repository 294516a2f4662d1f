import { decoderLayers } from './architectures/index.js'
import type { ModelConfig } from './config.js'
import { type Activations, type Decoder, type Run, startRun } from './graph/decoder.js'
import { ResidualStream } from './graph/residual-stream.js'
import { embed, readOut } from './graph/vocabulary.js'
import { adapterSwitchName, graphOutputs } from './graph-contract.js'
import type { Precision } from './manifest.js'
import { GraphBuilder, type Value } from './onnx/graph-builder.js'
import type { Weights } from './weights/weights.js'

/** The options of a graph. */
export interface GraphOptions {
  readonly precision: Precision
  /** Whether a graph input switches the adapter on or off for each token. */
  readonly switched: boolean
}

/**
 * Maximum tokens of a run for which int8 activations, computed twice, are faster than float32
 * (docs/decisions/decode-graph.md).
 */
const fewTokens = 8

/**
 * Builds the graph of a decoder with the inputs and outputs of graph-contract.ts. It reads no
 * weights: they are read when the graph is written.
 * @throws Error with a tensor that is missing or has another shape, or with adapter updates that
 *   fit no layer
 */
export function buildGraph(config: ModelConfig, weights: Weights, { precision, switched }: GraphOptions): GraphBuilder {
  const graph = new GraphBuilder()
  const activations = precision === 'fast' ? 'once' : 'twice'
  const adapterSwitch = switched ? startSwitch(graph) : null
  const decoder: Decoder = { graph, config, weights, precision, activations, adapterSwitch }
  const run = startRun(decoder)
  const embedded = embed(decoder, run)
  const compute = hasHalfByteLayers(decoder) ? layersInTwoVariants : layers
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
  /** float32 [N, H]: the output of the last layer. */
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

/**
 * Returns whether the layers are 4-bit with exact activations: then few tokens and many tokens need
 * different kernels.
 */
function hasHalfByteLayers({ precision, weights }: Decoder): boolean {
  const types = [...weights.source.tensors.values()].map(({ type }) => type)
  return precision === 'int4' || (precision === 'native' && (types.includes('Q4_0') || types.includes('Q4_1')))
}

function layersInTwoVariants(decoder: Decoder, run: Run, embedded: Value): Computed {
  const { graph } = decoder
  const variant = (activations: Activations) => () => {
    const { last, newKeysValues } = layers({ ...decoder, activations }, run, embedded)
    return [last, newKeysValues]
  }
  const few = graph.node('LessOrEqual', [graph.node('Size', [run.tokenIds]), graph.int(fewTokens)])
  const computed: Computed = { last: 'last_hidden_state', newKeysValues: 'flat_keys_values' }
  graph.choose(few, [computed.last, computed.newKeysValues], variant('twice'), variant('float'))
  return computed
}

function declareNewKeysValues({ graph, config }: Decoder, { keyShape }: Run, flat: Value): void {
  const { layers, keyValueHeads, headSize } = config
  const shape = graph.node('Concat', [graph.ints([layers, 2]), keyShape], { attributes: { axis: 0 } })
  graph.node('Reshape', [flat, shape], { name: graphOutputs.newKeysValues })
  graph.output(graphOutputs.newKeysValues, 'float32', [layers, 2, 'S', 'B', keyValueHeads, headSize])
}
