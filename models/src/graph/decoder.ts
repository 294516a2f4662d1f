import type { ModelConfig } from '../config.js'
import { graphInputs } from '../graph-contract.js'
import type { Precision } from '../manifest.js'
import type { GraphBuilder, Value } from '../onnx/graph-builder.js'
import type { Weights } from '../weights/weights.js'

/** The context that every part of a graph is built with. */
export interface Decoder {
  readonly graph: GraphBuilder
  readonly config: ModelConfig
  readonly weights: Weights
  readonly precision: Precision
  readonly activations: Activations
  /**
   * float32 [N, 1]: 1 for tokens with the adapter, 0 for tokens without it. Null if all tokens have
   * it.
   */
  readonly adapterSwitch: Value | null
}

/**
 * The activations that block matrices multiply: int8 twice (value and residual), int8 once, or
 * float32. float32 costs more for few rows and less for many. It has no fast kernel for 8-bit
 * weights, so those use `twice`.
 */
export type Activations = 'twice' | 'once' | 'float'

/** Values that all layers share, computed once per run. N = S * B tokens, row-major. */
export interface Run {
  /** int64 [N] */
  readonly tokenIds: Value
  /** float32 [N, D / 2] */
  readonly cosines: Value
  /** float32 [N, D / 2] */
  readonly sines: Value
  /**
   * float32 [B, 1, G * S, T + S]: the mask, repeated for each of the G query heads of a key/value
   * head.
   */
  readonly bias: Value
  /** int64 [5]: S, B, KVH, G, D */
  readonly queryShape: Value
  /** int64 [4]: S, B, KVH, D */
  readonly keyShape: Value
  /**
   * float32 [S, B, KVH, D] each: every layer adds its new keys and values here, in the order of the
   * layers.
   */
  readonly newKeysValues: Value[]
}

/**
 * Declares the inputs of the graph (graph-contract.ts) and computes the values that all layers
 * share.
 */
export function startRun({ graph, config }: Decoder): Run {
  const { keyValueHeads, headSize } = config
  const group = config.heads / keyValueHeads
  const tokenIds = graph.input(graphInputs.tokenIds, 'int64', ['S', 'B'])
  const positions = graph.input(graphInputs.positions, 'int64', ['S', 'B'])
  const bias = graph.input(graphInputs.attentionBias, 'float32', ['B', 1, 'S', 'T+S'])
  graph.input(graphInputs.rowIndices, 'int64', ['R'])

  const shape = graph.node('Shape', [tokenIds])
  const shapeWith = (...sizes: number[]) =>
    graph.node('Concat', [shape, graph.ints(sizes)], { attributes: { axis: 0 } })
  return {
    tokenIds: graph.node('Reshape', [tokenIds, graph.ints([-1])]),
    ...rotation(graph, config, positions),
    bias: group === 1 ? bias : graph.node('Concat', Array(group).fill(bias), { attributes: { axis: 2 } }),
    queryShape: shapeWith(keyValueHeads, group, headSize),
    keyShape: shapeWith(keyValueHeads, headSize),
    newKeysValues: [],
  }
}

/** Computes cos and sin of position * inverse frequency in float32, as transformers does. */
function rotation(graph: GraphBuilder, { rope }: ModelConfig, positions: Value): Pick<Run, 'cosines' | 'sines'> {
  const column = graph.node('Reshape', [positions, graph.ints([-1, 1])])
  const frequencies = graph.floats(
    'rope.inverse_frequencies',
    [1, rope.inverseFrequencies.length],
    rope.inverseFrequencies,
  )
  const angles = graph.node('Mul', [graph.cast(column, 'float32'), frequencies])
  return { cosines: graph.node('Cos', [angles]), sines: graph.node('Sin', [angles]) }
}
