import type { MetadataReader } from './metadata.js'

const architectures = ['llama', 'qwen2', 'qwen3', 'olmo2'] as const

/**
 * Scales of other families with llama's name (granite, minicpm). No graph of Tandem computes them.
 */
const foreignKeys = ['attention.scale', 'embedding_scale', 'residual_scale', 'logit_scale', 'attn_logit_softcapping']

/** Facts about the model that only its tensors show. */
export interface TensorFacts {
  readonly vocabularySize: number
  readonly tiedEmbeddings: boolean
  readonly attentionBias: boolean
  readonly mlpBias: boolean
  /** [head size / 2]: the tensor `rope_freqs.weight`, or null without it. */
  readonly frequencyFactors: readonly number[] | null
}

/**
 * Converts the metadata of a GGUF file to the content of config.json.
 * @throws Error with an architecture or a key that no graph of Tandem computes
 */
export function createConfig(metadata: MetadataReader, facts: TensorFacts): Record<string, unknown> {
  const architecture = metadata.string('general.architecture')
  if (!architectures.some((known) => known === architecture))
    throw new Error(
      `${metadata.path} has the architecture "${architecture}": expected one of ${architectures.join(', ')}`,
    )
  const key = (name: string) => `${architecture}.${name}`
  const number = (name: string) => metadata.number(key(name))
  const optional = (name: string) => metadata.optionalNumber(key(name))
  for (const name of foreignKeys)
    if (metadata.has(key(name))) throw new Error(`${metadata.path} has ${key(name)}, which no graph of Tandem computes`)
  if ((optional('expert_count') ?? 0) > 0)
    throw new Error(
      `${metadata.path} has ${key('expert_count')} ${optional('expert_count')}; mixtures of experts are not supported`,
    )

  const heads = number('attention.head_count')
  const headSize = optional('attention.key_length') ?? number('embedding_length') / heads
  const rotated = optional('rope.dimension_count') ?? headSize
  const valueSize = optional('attention.value_length') ?? headSize
  if (valueSize !== headSize)
    throw new Error(
      `${metadata.path} has ${key('attention.value_length')} ${valueSize} and heads of size ${headSize}: expected equal sizes`,
    )
  const window = optional('attention.sliding_window') ?? 0
  if (window > 0 && window < number('context_length'))
    throw new Error(
      `${metadata.path} has ${key('attention.sliding_window')} ${window}; only full attention is supported`,
    )
  return {
    model_type: architecture,
    hidden_size: number('embedding_length'),
    intermediate_size: number('feed_forward_length'),
    num_hidden_layers: number('block_count'),
    num_attention_heads: heads,
    num_key_value_heads: optional('attention.head_count_kv') ?? heads,
    head_dim: headSize,
    hidden_act: 'silu',
    max_position_embeddings: number('context_length'),
    rms_norm_eps: number('attention.layer_norm_rms_epsilon'),
    vocab_size: facts.vocabularySize,
    tie_word_embeddings: facts.tiedEmbeddings,
    attention_bias: facts.attentionBias,
    mlp_bias: facts.mlpBias,
    rope_parameters: { ...ropeParameters(metadata, key), partial_rotary_factor: rotated / headSize },
    ...(facts.frequencyFactors === null ? {} : { rope_frequency_factors: facts.frequencyFactors }),
    bos_token_id: metadata.optionalNumber('tokenizer.ggml.bos_token_id'),
    eos_token_id: metadata.optionalNumber('tokenizer.ggml.eos_token_id'),
  }
}

function ropeParameters(metadata: MetadataReader, key: (name: string) => string): Record<string, unknown> {
  const theta = metadata.optionalNumber(key('rope.freq_base')) ?? 10_000
  const factor =
    metadata.optionalNumber(key('rope.scaling.factor')) ?? metadata.optionalNumber(key('rope.scale_linear')) ?? 0
  // Older files have a linear factor without a type. In llama.cpp the factor 0 means no scaling.
  const type = metadata.optionalString(key('rope.scaling.type')) ?? 'linear'
  if (type === 'none' || (type === 'linear' && factor === 0)) return { rope_type: 'default', rope_theta: theta }
  if (type === 'linear') return { rope_type: 'linear', rope_theta: theta, factor }
  throw new Error(`${metadata.path} has ${key('rope.scaling.type')} "${type}": expected one of none, linear`)
}

/** Texts that llama.cpp uses as end tokens if a file names too few. */
const endTexts = ['<|im_end|>', '<|eot_id|>', '<|eom_id|>', '<|end|>', '<|endoftext|>', '<end_of_turn>', '</s>']

/**
 * Returns every id that ends an answer: the ids that the file names, and the end tokens of its chat
 * template.
 */
export function createGenerationConfig(metadata: MetadataReader): Record<string, unknown> {
  const template = metadata.optionalString('tokenizer.chat_template') ?? ''
  const tokens = metadata.strings('tokenizer.ggml.tokens')
  const written = endTexts.filter((text) => template.includes(text)).map((text) => tokens.indexOf(text))
  const named = ['eos', 'eot', 'eom'].map((name) => metadata.optionalNumber(`tokenizer.ggml.${name}_token_id`))
  const ends = [...named, ...written.map((id) => (id < 0 ? null : id))]
  const bos = metadata.optionalNumber('tokenizer.ggml.bos_token_id')
  return {
    ...(bos === null ? {} : { bos_token_id: bos }),
    eos_token_id: [...new Set(ends.filter((id) => id !== null))],
  }
}
