import { attention } from '../graph/attention.js'
import { mlp } from '../graph/mlp.js'
import { rmsNorm } from '../graph/norm.js'
import type { DecoderLayer } from './layer.js'

/** Qwen3: llama's layer with each query and key head normalised by itself. */
export const qwen3Layer: DecoderLayer = (decoder, run, layer, x) => {
  const { graph, config } = decoder
  const name = `model.layers.${layer}`
  const norm = (part: string, value: string) => rmsNorm(decoder, `${name}.${part}`, value, config.hiddenSize)

  const attended = attention(decoder, run, layer, norm('input_layernorm', x), 'head')
  const middle = graph.node('Add', [x, attended])
  return graph.node('Add', [middle, mlp(decoder, layer, norm('post_attention_layernorm', middle))])
}
