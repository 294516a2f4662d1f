/**
 * Names and shapes of the inputs and outputs of every graph that Tandem builds. `models` writes
 * these graphs and `services` runs them.
 *
 * Axes: S tokens of this run, B sessions of this run, T tokens in the cache (0 is allowed), R rows
 * to read out, L layers, KVH key/value heads, D head size, V values per row: the logits of the
 * vocabulary, or the score of a reward model.
 *
 * Time is the first axis, so that the cache of one session is a prefix of its buffer: no copy to
 * append, truncate or fork. B is dynamic, so that one graph serves one session, a batch and a pair.
 */
/** Names of the inputs. */
export const graphInputs = {
  /** int64 [S, B] */
  tokenIds: 'token_ids',
  /** int64 [S, B]: the position of each token in its own session (RoPE). */
  positions: 'positions',
  /** float32 [B, 1, S, T + S]: 0 for a visible token, a large negative number for a masked one. */
  attentionBias: 'attention_bias',
  /** int64 [R]: indices of the S * B tokens (row-major) to run through the output layer. */
  rowIndices: 'row_indices',
} as const

/**
 * Name of the adapter switch: float32 [S, B], 1 for a token of the adapted model, 0 for a token of
 * the base model. Only graphs with a switched adapter (manifest.ts) have this input. Such a graph
 * serves both models of a pair, and a run can mix their tokens.
 */
export const adapterSwitchName = 'adapter_switch'

/** Names of the outputs. */
export const graphOutputs = {
  /** float32 [R, V] */
  logits: 'logits',
  /**
   * float32 [R, K]: the K = min(V, `bestCount`) largest logits of each row, in descending order.
   * Reward models lack this output and the next two.
   */
  bestLogits: 'best_logits',
  /** int64 [R, K]: the ids of the best logits. Ties: lowest id first. */
  bestIds: 'best_ids',
  /** float32 [R, 1]: log(sum(exp(logits))), accurate to about 1e-6. */
  logSumExp: 'log_sum_exp',
  /**
   * float32 [L, 2, S, B, KVH, D]: keys (after RoPE) and values of the tokens of this run, which
   * `services` appends to the cache. One tensor, because each output costs time in every run.
   */
  newKeysValues: 'new_keys_values',
} as const

/**
 * Number of best logits per row. An AAD step almost never reads more: V_alpha of one model, and the
 * best tokens of the other model, which its service sends without a request.
 */
export const bestCount = 64

/**
 * Name of a cache input: float32 [T, B, KVH, D], keys (after RoPE) of the tokens before this run.
 */
export const pastKeyName = (layer: number) => `past_key.${layer}`
/** Name of a cache input: float32 [T, B, KVH, D], values of the tokens before this run. */
export const pastValueName = (layer: number) => `past_value.${layer}`

/** Returns one layer's part of `newKeysValues` without a copy: float32 [S, B, KVH, D] each. */
export function newKeysValuesOf(data: Float32Array, layers: number, layer: number) {
  const size = data.length / (2 * layers)
  const part = (index: number) => data.subarray(index * size, (index + 1) * size)
  return { keys: part(2 * layer), values: part(2 * layer + 1) }
}
