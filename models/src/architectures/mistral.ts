import type { DecoderLayer } from './layer.js'
import { llamaLayer } from './llama.js'

/** The layer of Mistral 7B v0.2 and later, which have no sliding window: the same as llama's. */
export const mistralLayer: DecoderLayer = llamaLayer
