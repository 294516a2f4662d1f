/** What runs a model: token ids in, logits out. An engine knows no sessions by name, no text, no gRPC. */
export interface Engine {
  readonly description: EngineDescription
  createCache(): SessionCache
  /**
   * Runs tokens after the first `position` tokens of a cache and appends their keys and values there.
   * Where it fails the cache is as it was before.
   * @returns logits, float32 [rowIndices.length, V], a fresh array that the caller owns
   */
  run(forward: Forward): Promise<Float32Array>
  close(): Promise<void>
}

export interface EngineDescription {
  /** For people: "onnxruntime-node 1.30.0, cpu, 2 threads". */
  name: string
  vocabularySize: number
  /** Most tokens that a session can hold. */
  contextLength: number
}

/** One session's part of a run. A batch is several of these in one call. */
export interface Forward {
  cache: SessionCache
  /** At most `cache.length`; what the cache holds beyond it is given up once the run has succeeded. */
  position: number
  /** At least one; room for them has been reserved. */
  tokenIds: Uint32Array
  /** Which of `tokenIds` (by index, ascending) to run through the output layer; may be empty. */
  rowIndices: number[]
}

/** Keys and values of one session's tokens. */
export interface SessionCache {
  /** Tokens held. */
  readonly length: number
  /** Tokens that there is room for. */
  readonly capacity: number
  readonly bytesPerToken: number
  /** Makes room for so many tokens in all; never shrinks. */
  reserve(capacity: number): void
  /** Keeps the first `length` tokens. */
  truncate(length: number): void
  /** A cache of its own that holds the same, with room for `capacity` tokens. */
  copy(capacity: number): SessionCache
}
