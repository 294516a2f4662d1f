/** How the numbers of a stored tensor are laid out. The Q types are GGUF's blocks of 32 along the last axis. */
export type StoredType = 'F32' | 'F16' | 'BF16' | 'Q8_0' | 'Q4_0' | 'Q4_1'

export interface TensorInfo {
  readonly type: StoredType
  /** Outermost axis first, as Hugging Face has it: a linear layer is [out, in]. */
  readonly shape: readonly number[]
}

/** Tensors by their Hugging Face names ("model.layers.0.self_attn.q_proj.weight"), read in parts: no file is loaded whole. */
export interface WeightSource {
  readonly kind: 'safetensors' | 'gguf'
  readonly tensors: ReadonlyMap<string, TensorInfo>
  /** Tensors whose type is not read (masks and counters, mostly): what to say where one of them is asked for, by name. */
  readonly unreadable: ReadonlyMap<string, string>
  /**
   * The stored little-endian bytes of rows [start, end) along the first axis; a 1-D tensor counts as one row.
   * @throws Error naming file and tensor where it is missing or the file is shorter than its header says.
   */
  readRows(name: string, start: number, end: number): Promise<Uint8Array>
  close(): Promise<void>
}

/** A checkpoint: weights, and what stands beside them. */
export interface ModelSource {
  readonly weights: WeightSource
  /** `config.json` as transformers writes it (version 4 or 5); for a GGUF, made from its metadata. */
  readonly config: Readonly<Record<string, unknown>>
  /** `generation_config.json`, where there is one. */
  readonly generationConfig: Readonly<Record<string, unknown>> | null
  /** tokenizer.json, tokenizer_config.json, chat_template.jinja, ...: by file name. */
  readonly textFiles: ReadonlyMap<string, Uint8Array>
  /** Every file it was read from, for hashing: absolute paths. */
  readonly files: readonly string[]
}

/** One low-rank update: y += (x a^T) b^T, the scale folded into b. float32, row-major. */
export interface LoraUpdate {
  readonly rank: number
  /** [rank, in] */
  readonly a: Float32Array
  /** [out, rank], times lora_alpha / rank (or / sqrt(rank) with rslora). */
  readonly b: Float32Array
}

export interface SavedTensor {
  readonly shape: readonly number[]
  /** float32, row-major. */
  readonly values: Float32Array
}

export interface Adapter {
  readonly name: string
  /** By the Hugging Face name of the linear layer's weight ("model.layers.0.self_attn.q_proj.weight"). */
  readonly updates: ReadonlyMap<string, LoraUpdate>
  /** Whole tensors that take the place of the base's, by name: the head of a reward model. */
  readonly saved: ReadonlyMap<string, SavedTensor>
  /** Whether it was trained as a sequence classifier, so that the base with it is a reward model. */
  readonly isClassifier: boolean
  readonly files: readonly string[]
}
