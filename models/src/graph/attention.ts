import { pastKeyName, pastValueName } from '../graph-contract.js'
import type { Value } from '../onnx/graph-builder.js'
import type { Decoder, Run } from './decoder.js'
import { linear, linears } from './linear.js'
import { rmsNorm } from './norm.js'

/**
 * How queries and keys are normalised before the rotation: not at all, per head, or over the whole
 * projection.
 */
export type QueryKeyNorm = 'none' | 'head' | 'projection'

/**
 * Builds the self-attention of one layer over x [N, H]: float32 [N, H]. Declares the cache inputs
 * of the layer and adds its new keys and values to the run.
 */
export function attention(decoder: Decoder, run: Run, layer: number, x: Value, queryKeyNorm: QueryKeyNorm): Value {
  const { config } = decoder
  const name = `model.layers.${layer}.self_attn`
  const querySize = config.heads * config.headSize
  const keySize = config.keyValueHeads * config.headSize
  const bias = config.biases.queryKeyValue
  const [query, key, value] = linears(decoder, x, config.hiddenSize, [
    { name: `${name}.q_proj`, rows: querySize, bias },
    { name: `${name}.k_proj`, rows: keySize, bias },
    { name: `${name}.v_proj`, rows: keySize, bias },
  ]) as [Value, Value, Value]
  const rotated = (v: Value, part: 'q' | 'k', size: number) =>
    rotate(decoder, run, normalise(decoder, `${name}.${part}_norm`, v, size, queryKeyNorm), size)
  const attended = attend(decoder, run, layer, rotated(query, 'q', querySize), rotated(key, 'k', keySize), value)
  return linear(decoder, attended, querySize, {
    name: `${name}.o_proj`,
    rows: config.hiddenSize,
    bias: config.biases.attentionOutput,
  })
}

function normalise(decoder: Decoder, name: string, x: Value, size: number, kind: QueryKeyNorm): Value {
  if (kind === 'none') return x
  if (kind === 'projection') return rmsNorm(decoder, name, x, size)
  const { graph, config } = decoder
  const heads = graph.node('Reshape', [x, graph.ints([-1, size / config.headSize, config.headSize])])
  return rmsNorm(decoder, name, heads, config.headSize)
}

/**
 * Rotary embedding of all heads: [1, N, heads * D]. The angles of the N tokens replace the table of
 * the operator.
 */
function rotate({ graph }: Decoder, { cosines, sines }: Run, x: Value, size: number): Value {
  const sequence = graph.node('Reshape', [x, graph.ints([1, -1, size])])
  return graph.node('RotaryEmbedding', [sequence, graph.ints([0]), cosines, sines], { domain: 'com.microsoft' })
}

/** Computes softmax(q k^T / sqrt(D) + bias) v over cache and new tokens: [N, heads * D]. */
function attend(decoder: Decoder, run: Run, layer: number, query: Value, key: Value, value: Value): Value {
  const { graph, config } = decoder
  const { keyValueHeads, headSize } = config
  const group = config.heads / keyValueHeads
  const transpose = (v: Value, perm: number[]) => graph.node('Transpose', [v], { attributes: { perm } })

  const { keys, values } = extendCache(decoder, run, layer, key, value)
  const queries = transpose(graph.node('Reshape', [query, run.queryShape]), [1, 2, 3, 0, 4])
  const grouped = graph.node('Reshape', [queries, graph.ints([0, keyValueHeads, -1, headSize])])
  const products = graph.node('MatMul', [grouped, transpose(keys, [1, 2, 3, 0])])
  const scaled = graph.node('Mul', [products, graph.float(1 / Math.sqrt(headSize))])
  const shares = graph.node('Softmax', [graph.node('Add', [scaled, run.bias])], { attributes: { axis: -1 } })
  const mixed = graph.node('MatMul', [shares, transpose(values, [1, 2, 0, 3])])
  const heads = graph.node('Reshape', [mixed, graph.ints([0, keyValueHeads, group, -1, headSize])])
  return graph.node('Reshape', [transpose(heads, [3, 0, 1, 2, 4]), graph.ints([-1, config.heads * headSize])])
}

/**
 * Returns the cache followed by the keys and values of this run: [T + S, B, KVH, D] each. T may be
 * 0.
 */
function extendCache({ graph, config }: Decoder, run: Run, layer: number, key: Value, value: Value) {
  const shape = ['B', config.keyValueHeads, config.headSize]
  const extend = (pastName: string, v: Value) => {
    const past = graph.input(pastName, 'float32', ['T', ...shape])
    const fresh = graph.node('Reshape', [v, run.keyShape])
    run.newKeysValues.push(fresh)
    return graph.node('Concat', [past, fresh], { attributes: { axis: 0 } })
  }
  return {
    keys: extend(pastKeyName(layer), key),
    values: extend(pastValueName(layer), value),
  }
}
