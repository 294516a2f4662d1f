/**
 * Names and shapes of the inputs and outputs of graphs that optimum, onnx-community and onnxruntime-genai export: what `services`
 * feeds where a model folder holds such a graph in place of one of ours (graph-contract.ts).
 *
 * Axes: B sessions (1 here), S tokens of this run, T tokens in the cache, KVH key/value heads, D head size, V vocabulary.
 */
export const exportedInputs = {
  /** int64 [B, S] */
  tokenIds: 'input_ids',
  /** int64 [B, T + S]: 1 for every token that may be looked at. Not every graph takes it. */
  attentionMask: 'attention_mask',
  /** int64 [B, S]. Without it the graph counts positions itself. */
  positions: 'position_ids',
  /** int64, a scalar or [1]: how many of the last tokens to run through the output layer, 0 for all. Few graphs take it. */
  rowsToKeep: 'num_logits_to_keep',
} as const

export const exportedOutputs = {
  /** float32 or float16 [B, S, V]; fewer rows where the graph takes `rowsToKeep`. */
  logits: 'logits',
} as const

export const keyValueParts = ['key', 'value'] as const
export type KeyValuePart = (typeof keyValueParts)[number]

/** [B, KVH, T, D] of the manifest's `keyValueType`: the tokens before this run, time in the middle. */
export const exportedPastName = (layer: number, part: KeyValuePart) => `past_key_values.${layer}.${part}`
/** [B, KVH, T + S, D]: the past, and this run's tokens behind it. */
export const exportedPresentName = (layer: number, part: KeyValuePart) => `present.${layer}.${part}`
