/**
 * Names and shapes of the inputs and outputs of graphs that optimum, onnx-community and
 * onnxruntime-genai export. `services` runs such a graph if the model folder has one instead of a
 * graph that Tandem builds (graph-contract.ts).
 *
 * Axes: B sessions (1 here), S tokens of this run, T tokens in the cache, KVH key/value heads, D
 * head size, V vocabulary.
 */
/** Names of the inputs. */
export const exportedInputs = {
  /** int64 [B, S] */
  tokenIds: 'input_ids',
  /** int64 [B, T + S]: 1 for every visible token. Not every graph has it. */
  attentionMask: 'attention_mask',
  /** int64 [B, S]. A graph without it counts positions itself. */
  positions: 'position_ids',
  /**
   * int64, a scalar or [1]: the number of last tokens to run through the output layer, 0 for all.
   * Few graphs have it.
   */
  rowsToKeep: 'num_logits_to_keep',
} as const

/** Names of the outputs. */
export const exportedOutputs = {
  /** float32 or float16 [B, S, V], or fewer rows if the graph has `rowsToKeep`. */
  logits: 'logits',
} as const

/** The two parts of each layer's cache. */
export const keyValueParts = ['key', 'value'] as const
/** One of the two parts of a layer's cache. */
export type KeyValuePart = (typeof keyValueParts)[number]

/**
 * Name of a cache input: [B, KVH, T, D] of the manifest's `keyValueType`, the tokens before this
 * run.
 */
export const exportedPastName = (layer: number, part: KeyValuePart) => `past_key_values.${layer}.${part}`
/** Name of a cache output: [B, KVH, T + S, D], the past followed by the tokens of this run. */
export const exportedPresentName = (layer: number, part: KeyValuePart) => `present.${layer}.${part}`
