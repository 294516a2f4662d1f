import type { Value } from '../onnx/graph-builder.js'
import type { Decoder } from './decoder.js'
import { linear, linears } from './linear.js'

/** Builds the MLP of one layer over x [N, H]: down(silu(gate(x)) * up(x)). */
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
