import {
  graphFileName,
  graphOutputs,
  keyValueBytesPerToken,
  type Manifest,
  newKeysValuesOf,
} from '@tandem/models/folder'
import { BufferGarbage } from '@tandem/process'
import { Tensor } from 'onnxruntime-node'
import { type Engine, type EngineDescription, type Forward, type ModelVariant, runOneByOne } from '../engine.js'
import type { LogitsRow } from '../logits/logits-row.js'
import { ArenaPool } from './arena-pool.js'
import { assertVariant, holdsVariant } from './assert-variant.js'
import type { BatchArena } from './batch-arena.js'
import { groupForwards, type RunCosts } from './batch-groups.js'
import { CausalBias } from './causal-bias.js'
import { readRows } from './graph-rows.js'
import { batchRun, type GraphRun, singleRun } from './graph-run.js'
import { KeyValueCache } from './kv-cache.js'
import { floats, type ModelSession, type ModelSettings, type Outputs, openModel } from './model-session.js'

/**
 * Runs a graph that Tandem built (models/src/graph-contract.ts), with keys and values in host
 * memory. On CPU a run does not copy them; on another device each run transfers them. `run` blocks
 * its thread, so the engine needs a thread of its own.
 */
export class OnnxEngine implements Engine {
  readonly description: EngineDescription
  readonly batchMemory: ArenaPool
  private readonly manifest: Manifest
  private readonly bias = new CausalBias()
  private readonly garbage = new BufferGarbage()

  private constructor(
    private readonly model: ModelSession,
    private readonly costs: RunCosts,
  ) {
    this.description = model.description
    this.manifest = model.manifest
    this.batchMemory = new ArenaPool(model.manifest, costs.tokenBytes)
  }

  /**
   * @param costs measured costs; by default they are estimated from the sizes of the files
   * @throws Error as openModel does
   */
  static async load(settings: ModelSettings, costs?: RunCosts): Promise<OnnxEngine> {
    const model = await openModel(settings)
    return new OnnxEngine(model, costs ?? runCosts(model.manifest))
  }

  createCache(variant: ModelVariant = 'adapted'): KeyValueCache {
    assertVariant(this.manifest, variant)
    return new KeyValueCache(this.manifest, variant)
  }

  kvBytesPerToken(variant: ModelVariant): number {
    return holdsVariant(this.manifest, variant) ? keyValueBytesPerToken(this.manifest) : 0
  }

  async run(forward: Forward): Promise<LogitsRow[]> {
    const { position, tokenIds, rowIndices } = forward
    const cache = cacheOf(forward)
    const outputs = await this.runGraph(singleRun(forward, this.bias), cache)
    const fresh = floats(outputs, graphOutputs.newKeysValues)
    for (let layer = 0; layer < this.manifest.layers; layer++) {
      const { keys, values } = newKeysValuesOf(fresh, this.manifest.layers, layer)
      cache.write(layer, position, keys, values)
    }
    cache.commit(position + tokenIds.length)
    return readRows(outputs, rowIndices.length, this.description.rowSize)
  }

  async runBatch(forwards: readonly Forward[], memoryBytes: number): Promise<LogitsRow[][]> {
    if (this.batchMemory.byteLength > memoryBytes) this.batchMemory.clear()
    const items = forwards.map(({ position, tokenIds }) => ({ position, tokens: tokenIds.length }))
    const rows: LogitsRow[][] = new Array(forwards.length)
    for (const group of groupForwards(items, this.costs)) {
      const members = group.map((index) => forwards[index] as Forward)
      const found = await this.runGroup(members, memoryBytes)
      group.forEach((index, i) => {
        rows[index] = found[i] as LogitsRow[]
      })
    }
    return rows
  }

  async close(): Promise<void> {
    await this.model.session.release()
  }

  /**
   * Runs all forwards as one run of the graph, or one by one if there is too little memory for
   * that.
   */
  private async runGroup(forwards: readonly Forward[], memoryBytes: number): Promise<LogitsRow[][]> {
    const entries = forwards.map((forward) => ({
      cache: cacheOf(forward),
      position: forward.position,
      tokens: forward.tokenIds.length,
    }))
    const assigned = forwards.length > 1 ? this.batchMemory.assignColumns(entries, memoryBytes) : null
    if (assigned === null) return runOneByOne(this, forwards)
    const { arena, columns } = assigned
    const outputs = await this.runGraph(batchRun(forwards, columns, arena.width, this.bias), arena)
    forwards.forEach((forward, i) => {
      this.store(outputs, forward, arena, columns[i] as number)
    })
    return this.splitRows(outputs, forwards)
  }

  /**
   * Stores a session's new keys and values, from [S, B, KVH, D], in its cache and in its column.
   */
  private store(outputs: Outputs, forward: Forward, arena: BatchArena, column: number): void {
    const { position, tokenIds } = forward
    const cache = cacheOf(forward)
    const end = position + tokenIds.length
    const fresh = floats(outputs, graphOutputs.newKeysValues)
    for (let layer = 0; layer < this.manifest.layers; layer++) {
      const { keys, values } = newKeysValuesOf(fresh, this.manifest.layers, layer)
      for (let p = position; p < end; p++) {
        const start = ((p - position) * arena.width + column) * cache.stride
        const key = keys.subarray(start, start + cache.stride)
        const value = values.subarray(start, start + cache.stride)
        cache.write(layer, p, key, value)
        arena.write(layer, column, p, key, value)
      }
    }
    cache.commit(end)
    arena.commit(column, end)
  }

  /** Copies the rows: a session that keeps its row must not keep the rows of the whole batch. */
  private splitRows(outputs: Outputs, forwards: readonly Forward[]): LogitsRow[][] {
    const count = forwards.reduce((sum, { rowIndices }) => sum + rowIndices.length, 0)
    const rows = readRows(outputs, count, this.description.rowSize).map((row) => row.copy())
    return forwards.map(({ rowIndices }) => rows.splice(0, rowIndices.length))
  }

  private async runGraph(run: GraphRun, past: HostPast): Promise<Outputs> {
    const { keyValueHeads, headSize } = this.manifest
    const { slots, sessions } = run
    const toTensor = (data: Float32Array) => new Tensor('float32', data, [slots, sessions, keyValueHeads, headSize])
    const feeds = this.model.feeds.build(run, (layer) => ({
      key: toTensor(past.keyPrefix(layer, slots)),
      value: toTensor(past.valuePrefix(layer, slots)),
    }))
    const outputs = await this.model.session.run(feeds)
    // This may free the outputs of earlier runs; these outputs are still in use.
    this.garbage.add(
      floats(outputs, graphOutputs.logits).byteLength + floats(outputs, graphOutputs.newKeysValues).byteLength,
    )
    return outputs
  }
}

/** A session's cache, or the memory of a batch. */
type HostPast = Pick<KeyValueCache, 'keyPrefix' | 'valuePrefix'>

function cacheOf({ cache }: Forward): KeyValueCache {
  if (!(cache instanceof KeyValueCache)) throw new TypeError('the cache belongs to another engine')
  return cache
}

/**
 * Estimates the costs of a run. One more token costs a fifth of reading the weights (int8
 * activations, AVX512-VNNI) to nine tenths (twice int8, AVX2).
 */
function runCosts(manifest: Manifest): RunCosts {
  const weightBytes = Object.entries(manifest.files).reduce(
    (sum, [name, { bytes }]) => (name.startsWith(graphFileName) ? sum + bytes : sum),
    0,
  )
  return { weightBytes, tokenBytes: weightBytes / 2, slotBytes: keyValueBytesPerToken(manifest) }
}
