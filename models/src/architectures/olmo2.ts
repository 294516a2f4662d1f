import { attention } from '../graph/attention.js'
import { mlp } from '../graph/mlp.js'
import { rmsNorm } from '../graph/norm.js'
import type { DecoderLayer } from './layer.js'

/** OLMo 2: norms after attention and MLP, before the residual sum; queries and keys normalised over the whole projection. */
export const olmo2Layer: DecoderLayer = (decoder, run, layer, x) => {
  const { graph, config } = decoder
  const name = `model.layers.${layer}`
  const norm = (part: string, value: string) => rmsNorm(decoder, `${name}.${part}`, value, config.hiddenSize)

  const attended = norm('post_attention_layernorm', attention(decoder, run, layer, x, 'projection'))
  const middle = graph.node('Add', [x, attended])
  return graph.node('Add', [middle, norm('post_feedforward_layernorm', mlp(decoder, layer, middle))])
}
