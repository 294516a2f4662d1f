import type { DecoderLayer } from './layer.js'
import { llamaLayer } from './llama.js'

/** The layer of Qwen2 and Qwen2.5: the same as llama's. config.ts adds the bias of q, k and v. */
export const qwen2Layer: DecoderLayer = llamaLayer
