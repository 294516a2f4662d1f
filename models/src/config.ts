import { z } from 'zod'
import { parseConfigFile } from './parse-file.js'
import { parseRopeConfig, type RopeConfig, ropeConfigSchema } from './rope-config.js'
import { generationSchema, resolveSpecialTokens, type SpecialTokens, specialTokenFields } from './special-tokens.js'

/** The architectures that Tandem builds graphs for. */
export const architectureNames = ['llama', 'mistral', 'qwen2', 'qwen3', 'olmo2'] as const
/** The name of an architecture. */
export type ArchitectureName = (typeof architectureNames)[number]

/** The last layer: the output layer of a language model, or the score of a reward model. */
export const headKinds = ['vocabulary', 'score'] as const
/** The kind of the last layer. */
export type HeadKind = (typeof headKinds)[number]

/** The config of a decoder with every default filled in. It does not know files or precisions. */
export interface ModelConfig extends SpecialTokens {
  readonly architecture: ArchitectureName
  readonly head: HeadKind
  readonly layers: number
  readonly hiddenSize: number
  readonly intermediateSize: number
  readonly heads: number
  readonly keyValueHeads: number
  /** May differ from hiddenSize / heads. */
  readonly headSize: number
  readonly vocabularySize: number
  /** The value of max_position_embeddings, in tokens. */
  readonly contextLength: number
  readonly normEpsilon: number
  readonly rope: RopeConfig
  /** Which linear layers add a bias. */
  readonly biases: { readonly queryKeyValue: boolean; readonly attentionOutput: boolean; readonly mlp: boolean }
  /** Whether the output layer uses the weights of the embedding. */
  readonly tiedEmbeddings: boolean
}

const size = z.int().positive()

const configSchema = ropeConfigSchema.extend({
  model_type: z.string(),
  architectures: z.array(z.string()).nullish(),
  num_hidden_layers: size,
  hidden_size: size,
  intermediate_size: size,
  num_attention_heads: size,
  num_key_value_heads: size.nullish(),
  head_dim: size.nullish(),
  vocab_size: size,
  max_position_embeddings: size,
  rms_norm_eps: z.number().positive(),
  hidden_act: z.string().nullish(),
  attention_bias: z.boolean().nullish(),
  mlp_bias: z.boolean().nullish(),
  tie_word_embeddings: z.boolean().nullish(),
  use_sliding_window: z.boolean().nullish(),
  sliding_window: z.int().nullish(),
  max_window_layers: z.int().nullish(),
  layer_types: z.array(z.string()).nullish(),
  quantization_config: z.unknown().optional(),
  ...specialTokenFields,
})
type Config = z.infer<typeof configSchema>

/** The defaults of transformers' classes for keys that `config.json` lacks. */
interface Traits {
  readonly headSize: (config: Config) => number
  readonly biases: (config: Config) => ModelConfig['biases']
  readonly slidingLayers: (config: Config) => boolean
}

const attentionBiases = (config: Config) => ({
  queryKeyValue: config.attention_bias ?? false,
  attentionOutput: config.attention_bias ?? false,
  mlp: false,
})
const noBiases = { queryKeyValue: false, attentionOutput: false, mlp: false }

const traits: Readonly<Record<ArchitectureName, Traits>> = {
  llama: {
    headSize: exactHeadSize,
    biases: (config) => ({ ...attentionBiases(config), mlp: config.mlp_bias ?? false }),
    slidingLayers: () => false,
  },
  mistral: { headSize: floorHeadSize, biases: () => noBiases, slidingLayers: () => true },
  qwen2: { headSize: floorHeadSize, biases: () => ({ ...noBiases, queryKeyValue: true }), slidingLayers: qwenSlides },
  qwen3: { headSize: () => 128, biases: attentionBiases, slidingLayers: qwenSlides },
  olmo2: { headSize: floorHeadSize, biases: attentionBiases, slidingLayers: () => false },
}

/**
 * Reads `config.json` (as transformers 4 or 5 writes it) and `generation_config.json`.
 * @throws Error with the key and value of anything that no graph of Tandem computes
 */
export function parseModelConfig(
  config: Readonly<Record<string, unknown>>,
  generationConfig: Readonly<Record<string, unknown>> | null,
): ModelConfig {
  const architecture = parseArchitecture(config.model_type)
  const c = parseConfigFile(configSchema, config, 'config.json')
  const generation = parseConfigFile(generationSchema, generationConfig ?? {}, 'generation_config.json')
  const trait = traits[architecture]
  refuseUnsupported(c, trait)

  const headSize = c.head_dim ?? trait.headSize(c)
  const keyValueHeads = c.num_key_value_heads ?? c.num_attention_heads
  if (c.num_attention_heads % keyValueHeads !== 0)
    throw new Error(
      `config.json has ${c.num_attention_heads} attention heads: expected a multiple of its ${keyValueHeads} key/value heads`,
    )
  return {
    architecture,
    head: c.architectures?.some((name) => name.endsWith('ForSequenceClassification')) ? 'score' : 'vocabulary',
    layers: c.num_hidden_layers,
    hiddenSize: c.hidden_size,
    intermediateSize: c.intermediate_size,
    heads: c.num_attention_heads,
    keyValueHeads,
    headSize,
    vocabularySize: c.vocab_size,
    contextLength: c.max_position_embeddings,
    normEpsilon: c.rms_norm_eps,
    rope: parseRopeConfig(c, headSize, c.max_position_embeddings),
    biases: trait.biases(c),
    tiedEmbeddings: c.tie_word_embeddings ?? false,
    ...resolveSpecialTokens(c, generation),
  }
}

/**
 * Returns the architecture that a model_type names.
 * @param where the name of the file in messages
 * @throws Error with the list of architectures
 */
export function parseArchitecture(modelType: unknown, where = 'config.json'): ArchitectureName {
  const known = architectureNames.find((name) => name === modelType)
  if (known === undefined)
    throw new Error(
      `${where} has model_type ${JSON.stringify(modelType)}: expected one of ${architectureNames.join(', ')}. ` +
        'Use a model of one of these; or export this one with optimum ("optimum-cli export onnx --model MODEL FOLDER") ' +
        'and give that folder, whose graph is served without changes; or add the architecture, see CONTRIBUTING.md',
    )
  return known
}

function refuseUnsupported(config: Config, trait: Traits): void {
  const activation = config.hidden_act ?? 'silu'
  if (activation !== 'silu') throw new Error(`config.json has hidden_act "${activation}"; only "silu" is supported`)
  if (config.quantization_config != null)
    throw new Error(
      'config.json has a quantization_config: build from the float checkpoint (safetensors F32, F16 or BF16) or a GGUF',
    )
  const known = ['full_attention', 'sliding_attention']
  const other = config.layer_types?.find((type) => !known.includes(type))
  if (other !== undefined)
    throw new Error(`config.json has the layer type "${other}"; only "full_attention" is supported`)
  if (trait.slidingLayers(config) && windowSize(config) < config.max_position_embeddings)
    throw new Error(
      `config.json has an active sliding window (sliding_window ${windowSize(config)}); only full attention is supported. ` +
        'To ignore the window, set sliding_window to null (and use_sliding_window to false) in config.json',
    )
}

/**
 * Returns the size of the sliding window in tokens. The default of transformers' classes is 4096.
 */
function windowSize({ sliding_window }: Config): number {
  if (sliding_window === undefined) return 4096
  return sliding_window ?? Number.POSITIVE_INFINITY
}

/**
 * Returns whether any layer has a sliding window: those that layer_types lists, or those from
 * max_window_layers on if use_sliding_window is true.
 */
function qwenSlides(config: Config): boolean {
  if (config.layer_types?.includes('sliding_attention')) return true
  if (!config.use_sliding_window || config.layer_types != null) return false
  return config.num_hidden_layers > (config.max_window_layers ?? 28)
}

function exactHeadSize(config: Config): number {
  const headSize = config.hidden_size / config.num_attention_heads
  if (!Number.isInteger(headSize))
    throw new Error(
      `config.json has hidden_size ${config.hidden_size} and no head_dim: expected a multiple of ${config.num_attention_heads} heads`,
    )
  return headSize
}

/** Only llama's class requires a whole number. Other classes round down, as transformers does. */
function floorHeadSize(config: Config): number {
  return Math.floor(config.hidden_size / config.num_attention_heads)
}
