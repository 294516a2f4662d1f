import type { Value } from '../onnx/graph-builder.js'
import type { Decoder } from './decoder.js'
import { linear, linears } from './linear.js'

/** down(silu(gate(x)) * up(x)) of one layer over x [N, H]. */
export function mlp(decoder: Decoder, layer: number, x: Value): Value {
  const { graph, config } = decoder
  const name = `model.layers.${layer}.mlp`
  const bias = config.biases.mlp
  const wide = { rows: config.intermediateSize, bias }
  const [gate, up] = linears(decoder, x, config.hiddenSize, [
    { name: `${name}.gate_proj`, ...wide },
    { name: `${name}.up_proj`, ...wide },
  ]) as [Value, Value]
  const silu = graph.node('Mul', [gate, graph.node('Sigmoid', [gate])])
  const product = graph.node('Mul', [silu, up])
  return linear(decoder, product, config.intermediateSize, { name: `${name}.down_proj`, rows: config.hiddenSize, bias })
}
