import type { ArchitectureName } from '../config.js'
import type { DecoderLayer } from './layer.js'
import { llamaLayer } from './llama.js'
import { mistralLayer } from './mistral.js'
import { olmo2Layer } from './olmo2.js'
import { qwen2Layer } from './qwen2.js'
import { qwen3Layer } from './qwen3.js'

/** The decoder layer of each architecture. A new architecture needs an entry here. */
export const decoderLayers: Readonly<Record<ArchitectureName, DecoderLayer>> = {
  llama: llamaLayer,
  mistral: mistralLayer,
  qwen2: qwen2Layer,
  qwen3: qwen3Layer,
  olmo2: olmo2Layer,
}
