import { cpu } from '../compute-device.js'
import type { BatchMemory, Engine, EngineDescription, Forward, ModelVariant } from '../engine.js'
import { LogitsRow } from '../logits/logits-row.js'
import { KeyValueCache } from '../onnx/kv-cache.js'

const shape = { layers: 1, keyValueHeads: 1, headSize: 1 }
/** One float32 key and one float32 value. */
const bytesPerToken = 8

/**
 * The smallest engine, for tests of sessions, scheduling and readouts. Its logits are a hash of all
 * tokens before them, which it reads back from the cache. So a wrong cache shows in every logit.
 */
export class ToyEngine implements Engine {
  readonly description: EngineDescription
  /** Called before each run. If it throws, the run fails with that error. */
  beforeRun: (forward: Forward) => void | Promise<void> = () => undefined
  /** The tokens of each forward, in order. */
  readonly runs: number[][] = []
  /** The number of sessions of each batch, in order. */
  readonly batches: number[] = []
  /** The toy engine needs none; tests replace it. */
  batchMemory: BatchMemory = { byteLength: 0, clear: () => undefined }

  constructor(vocabularySize = 32) {
    this.description = { name: 'toy', device: cpu, vocabularySize, rowSize: vocabularySize, contextLength: 64 }
  }

  createCache(variant: ModelVariant = 'adapted'): KeyValueCache {
    return new KeyValueCache(shape, variant)
  }

  kvBytesPerToken(): number {
    return bytesPerToken
  }

  async run(forward: Forward): Promise<LogitsRow[]> {
    // Like onnxruntime-node: messages can arrive between two runs.
    await new Promise((resolve) => setImmediate(resolve))
    await this.beforeRun(forward)
    return this.compute(forward)
  }

  async runBatch(forwards: readonly Forward[]): Promise<LogitsRow[][]> {
    await new Promise((resolve) => setImmediate(resolve))
    for (const forward of forwards) await this.beforeRun(forward)
    this.batches.push(forwards.length)
    return forwards.map((forward) => this.compute(forward))
  }

  async close(): Promise<void> {}

  private compute({ cache, position, tokenIds, rowIndices }: Forward): LogitsRow[] {
    if (!(cache instanceof KeyValueCache)) throw new TypeError('the cache belongs to another engine')
    this.runs.push([...tokenIds])
    const positions = Float32Array.from(tokenIds, (_, i) => position + i)
    cache.write(0, position, Float32Array.from(tokenIds), positions)
    cache.commit(position + tokenIds.length)
    const size = this.description.vocabularySize
    return rowIndices.map((row) => new LogitsRow(toyLogits(cache, position + row + 1, size)))
  }
}

function toyLogits(cache: KeyValueCache, length: number, vocabularySize: number): Float32Array {
  const positions = cache.valuePrefix(0, length)
  let hash = 7
  cache.keyPrefix(0, length).forEach((id, i) => {
    if (positions[i] !== i) throw new Error(`the value at position ${i} is ${positions[i]}`)
    hash = (hash * 31 + id + 11) % 65521
  })
  return Float32Array.from({ length: vocabularySize }, (_, v) => (((hash + 1) * (v + 3) * 7919) % 10007) / 1000)
}
