import { attention } from '../graph/attention.js'
import { mlp } from '../graph/mlp.js'
import type { DecoderLayer } from './layer.js'

/** The layer of Qwen3: llama's layer, with each query head and key head normalised separately. */
export const qwen3Layer: DecoderLayer = (decoder, run, layer, stream) => {
  const normalised = (part: string) => stream.normalised(`model.layers.${layer}.${part}`)

  stream.add(attention(decoder, run, layer, normalised('input_layernorm'), 'head'))
  stream.add(mlp(decoder, layer, normalised('post_attention_layernorm')))
}
