import type { ComputeDevice } from './compute-device.js'
import type { LogitsRow } from './logits/logits-row.js'

/**
 * The folders of the engine, from top to bottom; each imports only what is below it
 * (folders.test.ts): thread/ (speaks over a port), scheduler/ (chooses what runs next), sessions/
 * (owns sessions and bytes), the files of this folder (engine.ts, work.ts and others), logits/
 * (reads rows of logits). onnx/ implements the interface below and is known only to thread/; it is
 * the only folder that imports onnxruntime-node.
 */

/** Runs a model: token ids in, logits out. An engine does not know session ids, text or gRPC. */
export interface Engine {
  readonly description: EngineDescription
  /** @throws ServiceError INVALID_ARGUMENT if the engine does not hold that variant */
  createCache(variant?: ModelVariant): SessionCache
  /** Bytes of the keys and values of one token; 0 if the engine does not hold that variant. */
  kvBytesPerToken(variant: ModelVariant): number
  /**
   * Runs tokens after the first `position` tokens of a cache and appends their keys and values
   * there. If it fails, the cache is as it was before.
   * @returns a row for each of `rowIndices`; the caller owns the rows
   */
  run(forward: Forward): Promise<LogitsRow[]>
  /**
   * Runs several sessions at once; each session occurs once. If it fails, some of the caches may
   * already be longer; each forward can be run again.
   * @param memoryBytes limit for `batchMemory` after the run
   * @returns for each forward what `run` returns
   */
  runBatch(forwards: readonly Forward[], memoryBytes: number): Promise<LogitsRow[][]>
  readonly batchMemory: BatchMemory
  close(): Promise<void>
}

/**
 * Memory that an engine uses in addition to the caches to make batches fast. It can be cleared
 * between two runs: that costs only time.
 */
export interface BatchMemory {
  readonly byteLength: number
  clear(): void
}

/**
 * The naive form of `runBatch`: the reference of its tests, and the fallback if there is too little
 * memory for a batch.
 */
export async function runOneByOne(engine: Pick<Engine, 'run'>, forwards: readonly Forward[]): Promise<LogitsRow[][]> {
  const rows = []
  for (const forward of forwards) rows.push(await engine.run(forward))
  return rows
}

/**
 * The model of the folder with its adapter (if it has one), or the base model, if the graph can
 * switch the adapter off.
 */
export type ModelVariant = 'adapted' | 'base'

/** What a client must know about an engine and its model. */
export interface EngineDescription {
  /** A readable name: "onnxruntime-node 1.30.0, cpu, 2 threads". */
  readonly name: string
  readonly device: ComputeDevice
  readonly vocabularySize: number
  /** Numbers in a row: one logit for each id, or the single score of a reward model. */
  readonly rowSize: number
  /** Maximum tokens of a session. */
  readonly contextLength: number
}

/** The part of a run that belongs to one session. */
export interface Forward {
  readonly cache: SessionCache
  /**
   * At most `cache.length`. If the cache holds more tokens, they are dropped once the run has
   * succeeded.
   */
  readonly position: number
  /** At least one token; capacity for them has been reserved. */
  readonly tokenIds: Uint32Array
  /**
   * Indices into `tokenIds` of the tokens that go through the output layer, ascending; may be
   * empty.
   */
  readonly rowIndices: number[]
}

/** Keys and values of the tokens of one session. */
export interface SessionCache {
  /** The model that computed these keys and values. */
  readonly variant: ModelVariant
  /** Number of tokens held. */
  readonly length: number
  /** Number of tokens that fit without growing. */
  readonly capacity: number
  readonly bytesPerToken: number
  /** Grows the capacity to at least this many tokens; never shrinks it. */
  reserve(capacity: number): void
  /** Keeps the first `length` tokens. */
  truncate(length: number): void
  /** Creates an independent copy with capacity for `capacity` tokens. */
  copy(capacity: number): SessionCache
  /**
   * Becomes a copy of the first `length` tokens of a cache of the same engine; capacity has been
   * reserved.
   */
  copyFrom(source: SessionCache, length: number): void
  /** Releases the memory, also in the batch memory. The cache is not used again. */
  close(): void
}
