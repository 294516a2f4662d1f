import { z } from 'zod'
import { parseConfigFile } from '../../parse-file.js'
import { generationSchema, resolveSpecialTokens, type SpecialTokens, specialTokenFields } from '../../special-tokens.js'
import type { GraphShape } from './parse-export.js'

const size = z.int().positive()

/**
 * The keys of `config.json` that the graph itself does not show. Any architecture can be exported.
 */
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

/** The facts that only config.json has. */
export interface ExportTextConfig extends SpecialTokens {
  readonly vocabularySize: number
  readonly contextLength: number
}

/** The config of an exported graph, from the graph and from config.json. */
export interface ExportConfig extends ExportTextConfig {
  readonly architecture: string
  readonly layers: number
  readonly keyValueHeads: number
  readonly headSize: number
}

type JsonObject = Readonly<Record<string, unknown>>

/**
 * Reads the facts that only config.json has.
 * @param path the path of the graph, for messages
 * @throws Error if config.json lacks a required key
 */
export const parseExportTexts = (
  config: JsonObject,
  generationConfig: JsonObject | null,
  path: string,
): ExportTextConfig => resolveTexts(parseConfig(config), generationConfig, path)

/**
 * Combines the facts of the graph with those of config.json.
 * @param path the path of the graph, for messages
 * @throws Error if config.json belongs to another model, or if both lack a required fact
 */
export function parseExportConfig(
  graph: GraphShape,
  config: JsonObject,
  generationConfig: JsonObject | null,
  path: string,
): ExportConfig {
  const c = parseConfig(config)
  const agreed = (
    what: string,
    key: string,
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
    if (value == null) throw new Error(`neither ${path} nor config.json has the ${what}: add ${key} to config.json`)
    return value
  }
  return {
    architecture: c.model_type,
    layers: agreed('number of layers', 'num_hidden_layers', graph.layers, c.num_hidden_layers),
    keyValueHeads: agreed(
      'number of key/value heads',
      'num_key_value_heads',
      graph.keyValueHeads,
      c.num_key_value_heads,
      c.num_attention_heads,
    ),
    headSize: agreed('head size', 'head_dim', graph.headSize, c.head_dim, defaultHeadSize(c)),
    ...resolveTexts(c, generationConfig, path),
    vocabularySize: agreed('vocabulary size', 'vocab_size', graph.vocabularySize, c.vocab_size),
  }
}

const parseConfig = (config: JsonObject) => parseConfigFile(configSchema, config, 'config.json')

function resolveTexts(config: Config, generationConfig: JsonObject | null, path: string): ExportTextConfig {
  const generation = parseConfigFile(generationSchema, generationConfig ?? {}, 'generation_config.json')
  const contextLength = config.max_position_embeddings ?? config.n_positions
  if (contextLength == null)
    throw new Error(
      `neither ${path} nor config.json has the context length: add max_position_embeddings to config.json`,
    )
  return { vocabularySize: config.vocab_size, contextLength, ...resolveSpecialTokens(config, generation) }
}

/** Returns the default of most architectures. A graph with another head size is accepted. */
function defaultHeadSize({ hidden_size: hidden, num_attention_heads: heads }: Config): number | null {
  return hidden != null && heads != null && hidden % heads === 0 ? hidden / heads : null
}
