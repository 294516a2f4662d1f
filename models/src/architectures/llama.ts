import { attention } from '../graph/attention.js'
import { mlp } from '../graph/mlp.js'
import type { DecoderLayer } from './layer.js'

/** The layer of Llama 2, 3, 3.1 and SmolLM2: a norm before attention and a norm before the MLP. */
export const llamaLayer: DecoderLayer = (decoder, run, layer, stream) => {
  const normalised = (part: string) => stream.normalised(`model.layers.${layer}.${part}`)

  stream.add(attention(decoder, run, layer, normalised('input_layernorm'), 'none'))
  stream.add(mlp(decoder, layer, normalised('post_attention_layernorm')))
}
