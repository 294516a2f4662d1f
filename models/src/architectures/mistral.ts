import type { DecoderLayer } from './layer.js'
import { llamaLayer } from './llama.js'

/** Mistral 7B v0.2 and later, without a sliding window: llama's layer. */
export const mistralLayer: DecoderLayer = llamaLayer
