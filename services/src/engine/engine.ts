import type { ComputeDevice } from './compute-device.js'
import type { LogitsRow } from './logits/logits-row.js'

/**
 * The folders of the engine, from top to bottom; each imports only what is below it (folders.test.ts):
 * thread/ (speaks over a port), scheduler/ (chooses what runs next), sessions/ (owns sessions and bytes), the files of this
 * folder (engine.ts, work.ts), logits/ (reads rows of logits). onnx/ implements the interface below and is known only to
 * thread/; it is the only folder that imports onnxruntime-node.
 */

/** What runs a model: token ids in, logits out. An engine knows no sessions by name, no text, no gRPC. */
export interface Engine {
  readonly description: EngineDescription
  /** @throws ServiceError INVALID_ARGUMENT where the engine does not hold that variant */
  createCache(variant?: ModelVariant): SessionCache
  /**
   * Runs tokens after the first `position` tokens of a cache and appends their keys and values there.
   * Where it fails the cache is as it was before.
   * @returns a row for each of `rowIndices`, which the caller owns
   */
  run(forward: Forward): Promise<LogitsRow[]>
  /**
   * The same for several sessions at once, each of them named once. Where it fails, some of the caches may have been appended to;
   * each forward can be run again.
   * @param memoryBytes the most that `batchMemory` may take afterwards
   * @returns for each forward what `run` returns
   */
  runBatch(forwards: readonly Forward[], memoryBytes: number): Promise<LogitsRow[][]>
  readonly batchMemory: BatchMemory
  close(): Promise<void>
}

/** What an engine keeps beside the caches so that batches are fast. It can be given up between any two runs: only time is lost. */
export interface BatchMemory {
  readonly byteLength: number
  clear(): void
}

/** The naive form of `runBatch`: the oracle of its tests, and what remains where memory for a batch is short. */
export async function runOneByOne(engine: Pick<Engine, 'run'>, forwards: readonly Forward[]): Promise<LogitsRow[][]> {
  const rows = []
  for (const forward of forwards) rows.push(await engine.run(forward))
  return rows
}

/** The model of the folder, or the base model under its adapter, where the graph can switch that off. */
export type ModelVariant = 'whole' | 'base'

export interface EngineDescription {
  /** For people: "onnxruntime-node 1.30.0, cpu, 2 threads". */
  name: string
  device: ComputeDevice
  vocabularySize: number
  /** Numbers of a row: a logit for each id, or the one score of a reward model. */
  rowSize: number
  /** Most tokens that a session can hold. */
  contextLength: number
}

/** One session's part of a run. */
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
  /** Whose keys and values these are. */
  readonly variant: ModelVariant
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
  /** Becomes a copy of the first `length` tokens of another cache of its kind; room has been reserved. */
  take(source: SessionCache, length: number): void
  /** Gives up what is held, also in the batch memory. The cache is not used again. */
  close(): void
}
