import { attention } from '../graph/attention.js'
import { mlp } from '../graph/mlp.js'
import type { DecoderLayer } from './layer.js'

/** Llama 2, 3, 3.1, SmolLM2, ...: norms before attention and MLP. */
export const llamaLayer: DecoderLayer = (decoder, run, layer, stream) => {
  const normalised = (part: string) => stream.normalised(`model.layers.${layer}.${part}`)

  stream.add(attention(decoder, run, layer, normalised('input_layernorm'), 'none'))
  stream.add(mlp(decoder, layer, normalised('post_attention_layernorm')))
}
