import type { DecoderLayer } from './layer.js'
import { llamaLayer } from './llama.js'

/** Qwen2, Qwen2.5: llama's layer; config.ts says that q, k and v always have a bias. */
export const qwen2Layer: DecoderLayer = llamaLayer
