import { attention } from '../graph/attention.js'
import { mlp } from '../graph/mlp.js'
import { rmsNorm } from '../graph/norm.js'
import type { DecoderLayer } from './layer.js'

/**
 * The layer of OLMo 2: norms after attention and after the MLP, before the residual sum. Queries
 * and keys are normalised over the whole projection.
 */
export const olmo2Layer: DecoderLayer = (decoder, run, layer, stream) => {
  const name = `model.layers.${layer}`
  const norm = (part: string, value: string) => rmsNorm(decoder, `${name}.${part}`, value, decoder.config.hiddenSize)

  stream.add(norm('post_attention_layernorm', attention(decoder, run, layer, stream.value, 'projection')))
  stream.add(norm('post_feedforward_layernorm', mlp(decoder, layer, stream.value)))
}
