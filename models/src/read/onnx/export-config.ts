import { z } from 'zod'
import { parseWith } from '../../config.js'
import { generationSchema, resolveSpecialTokens, type SpecialTokens, specialTokenFields } from '../../special-tokens.js'
import type { GraphShape } from './parse-export.js'

const size = z.int().positive()

/** Of an exported graph's `config.json` only what the graph does not say: any architecture can be exported. */
const configSchema = z.looseObject({
  model_type: z.string(),
  vocab_size: size,
  max_position_embeddings: size.nullish(),
  n_positions: size.nullish(),
  num_hidden_layers: size.nullish(),
  hidden_size: size.nullish(),
  num_attention_heads: size.nullish(),
  num_key_value_heads: size.nullish(),
  head_dim: size.nullish(),
  ...specialTokenFields,
})
type Config = z.infer<typeof configSchema>

/** What graph and config.json agree on. */
export interface ExportConfig extends SpecialTokens {
  readonly architecture: string
  readonly layers: number
  readonly keyValueHeads: number
  readonly headSize: number
  readonly vocabularySize: number
  readonly contextLength: number
}

/**
 * @param path of the graph, for messages
 * @throws Error where config.json is of another model than the graph, or both leave open what must be known
 */
export function parseExportConfig(
  graph: GraphShape,
  config: Readonly<Record<string, unknown>>,
  generationConfig: Readonly<Record<string, unknown>> | null,
  path: string,
): ExportConfig {
  const c = parseWith(configSchema, config, 'config.json')
  const generation = parseWith(generationSchema, generationConfig ?? {}, 'generation_config.json')
  const agreed = (
    what: string,
    ofGraph: number | null,
    ofConfig: number | null | undefined,
    otherwise?: number | null,
  ) => {
    if (ofGraph !== null && ofConfig != null && ofGraph !== ofConfig)
      throw new Error(
        `${path} is a graph with ${what} ${ofGraph}, and config.json says ${ofConfig}; ` +
          'give the config.json of the model that was exported',
      )
    const value = ofGraph ?? ofConfig ?? otherwise
    if (value == null) throw new Error(`neither ${path} nor config.json says the ${what}`)
    return value
  }
  return {
    architecture: c.model_type,
    layers: agreed('number of layers', graph.layers, c.num_hidden_layers),
    keyValueHeads: agreed(
      'number of key/value heads',
      graph.keyValueHeads,
      c.num_key_value_heads,
      c.num_attention_heads,
    ),
    headSize: agreed('head size', graph.headSize, c.head_dim, wholeHeadSize(c)),
    vocabularySize: agreed('vocabulary size', graph.vocabularySize, c.vocab_size),
    contextLength: agreed('context length (max_position_embeddings)', null, c.max_position_embeddings ?? c.n_positions),
    ...resolveSpecialTokens(c, generation),
  }
}

/** What most architectures have where config.json is silent. Not held against a graph that says otherwise. */
function wholeHeadSize({ hidden_size: hidden, num_attention_heads: heads }: Config): number | null {
  return hidden != null && heads != null && hidden % heads === 0 ? hidden / heads : null
}
