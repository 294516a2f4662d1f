/**
 * The layout of the numbers of a stored tensor. The Q types are GGUF's blocks of 32 along the last
 * axis.
 */
export type StoredType = 'F32' | 'F16' | 'BF16' | 'Q8_0' | 'Q4_0' | 'Q4_1'

/** Type and shape of a stored tensor. */
export interface TensorInfo {
  readonly type: StoredType
  /** Outermost axis first, as in Hugging Face: a linear layer is [out, in]. */
  readonly shape: readonly number[]
}

/**
 * Tensors by their Hugging Face names ("model.layers.0.self_attn.q_proj.weight"). They are read in
 * parts, so that no file is loaded completely.
 */
export interface WeightSource {
  readonly kind: 'safetensors' | 'gguf'
  readonly tensors: ReadonlyMap<string, TensorInfo>
  /** Tensors of an unsupported type (mostly masks and counters): the error for each, by name. */
  readonly unreadable: ReadonlyMap<string, string>
  /**
   * Reads the stored little-endian bytes of rows [start, end) along the first axis. A 1-D tensor
   * counts as one row.
   * @throws Error with the file and the tensor if it is missing or the file is too short
   */
  readRows(name: string, start: number, end: number): Promise<Uint8Array>
  close(): Promise<void>
}

/** A checkpoint: weights and text files. */
export interface ModelSource {
  readonly weights: WeightSource
  /**
   * `config.json` as transformers 4 or 5 writes it. For a GGUF file it is made from the metadata.
   */
  readonly config: Readonly<Record<string, unknown>>
  /** `generation_config.json`, or null without it. */
  readonly generationConfig: Readonly<Record<string, unknown>> | null
  /** tokenizer.json, tokenizer_config.json, chat_template.jinja and others, by file name. */
  readonly textFiles: ReadonlyMap<string, Uint8Array>
  /** Absolute paths of all source files, for hashing. */
  readonly files: readonly string[]
}

/** One low-rank update y += (x a^T) b^T. b includes the scale. float32, row-major. */
export interface LoraUpdate {
  readonly rank: number
  /** [rank, in] */
  readonly a: Float32Array
  /** [out, rank], times lora_alpha / rank (or / sqrt(rank) with rslora) and `Adapter.scale`. */
  readonly b: Float32Array
}

/** A tensor in memory. */
export interface SavedTensor {
  readonly shape: readonly number[]
  /** float32, row-major. */
  readonly values: Float32Array
}

/** A LoRA adapter. */
export interface Adapter {
  readonly name: string
  /** The factor of its own scale that its updates include. */
  readonly scale: number
  /**
   * Updates by the Hugging Face name of the layer's weight
   * ("model.layers.0.self_attn.q_proj.weight").
   */
  readonly updates: ReadonlyMap<string, LoraUpdate>
  /** Complete tensors that replace those of the base, by name: the head of a reward model. */
  readonly saved: ReadonlyMap<string, SavedTensor>
  /**
   * Whether it was trained as a sequence classifier, so that it turns the base into a reward model.
   */
  readonly isClassifier: boolean
  /** Its own tokenizer files and chat template, by name. They are used instead of the base's. */
  readonly textFiles: ReadonlyMap<string, Uint8Array>
  readonly files: readonly string[]
}
