/**
 * Names and shapes of the inputs and outputs of every graph that Tandem builds: what `models` writes and `services` feeds.
 *
 * Axes: S tokens of this run, B sessions of this run, T tokens in the cache (0 is allowed), R rows to read out,
 * L layers, KVH key/value heads, D head size, V numbers of a row: the vocabulary's logits, or the one score of a reward model.
 *
 * Time is the first axis, so that one session's cache is a prefix of its buffer (no copy to grow a run, to truncate,
 * to fork), and B is dynamic, so that one graph serves one session, a batch and a pair.
 */
export const graphInputs = {
  /** int64 [S, B] */
  tokenIds: 'token_ids',
  /** int64 [S, B]: the position of each token in its own session (RoPE). */
  positions: 'positions',
  /** float32 [B, 1, S, T + S]: 0 where a token may look, a large negative number where it may not. */
  attentionBias: 'attention_bias',
  /** int64 [R]: which of the S * B tokens (row-major) to run through the output layer. */
  rowIndices: 'row_indices',
} as const

/**
 * float32 [S, B]: 1 for a token of the model with its adapter, 0 for one of the base model beside it. An input of graphs with a
 * switched adapter alone (manifest.ts): one graph is then both models of a pair, and a run may hold tokens of both.
 */
export const adapterSwitchName = 'adapter_switch'

export const graphOutputs = {
  /** float32 [R, V] */
  logits: 'logits',
  /** float32 [R, K]: the K = min(V, `bestCount`) largest logits of each row, largest first. This and the next two: graphs of vocabularies alone. */
  bestLogits: 'best_logits',
  /** int64 [R, K]: their ids; of equal logits the lowest id first. */
  bestIds: 'best_ids',
  /** float32 [R, 1]: log(sum(exp(logits))), right to about 1e-6. */
  logSumExp: 'log_sum_exp',
  /**
   * float32 [L, 2, S, B, KVH, D]: keys (after RoPE) and values of this run's tokens, to be appended to the cache by the caller.
   * One tensor, since each output costs time in every run.
   */
  newKeysValues: 'new_keys_values',
} as const

/** As many as an AAD step nearly always reads: V_alpha, and what the other model says of its own best unasked. */
export const bestCount = 64

/** float32 [T, B, KVH, D]: keys (after RoPE) of the tokens before this run. */
export const pastKeyName = (layer: number) => `past_key.${layer}`
/** float32 [T, B, KVH, D] */
export const pastValueName = (layer: number) => `past_value.${layer}`

/** One layer's part of `newKeysValues`, uncopied: float32 [S, B, KVH, D] each. */
export function newKeysValuesOf(data: Float32Array, layers: number, layer: number) {
  const size = data.length / (2 * layers)
  const part = (index: number) => data.subarray(index * size, (index + 1) * size)
  return { keys: part(2 * layer), values: part(2 * layer + 1) }
}
