import { join } from 'node:path'
import {
  adapterSwitchName,
  graphFileName,
  graphInputs,
  graphOutputs,
  keyValueBytesPerToken,
  loadManifest,
  type Manifest,
  newKeysValuesOf,
  pastKeyName,
  pastValueName,
} from '@tandem/models'
import { env, InferenceSession, Tensor } from 'onnxruntime-node'
import { invalidArgument } from '../errors.js'
import { ArenaPool } from './arena-pool.js'
import type { BatchArena } from './batch-arena.js'
import { groupForwards, type RunCosts } from './batch-groups.js'
import { CausalBias } from './causal-bias.js'
import { type Engine, type EngineDescription, type Forward, type ModelVariant, runOneByOne } from './engine.js'
import { adapterSwitch, batchRun, type GraphRun, singleRun } from './graph-run.js'
import { KeyValueCache } from './kv-cache.js'

export interface OnnxSettings {
  /** A model folder as `tandem build` makes it. */
  folder: string
  /** Of one operator. */
  threads: number
}

type Outputs = InferenceSession.OnnxValueMapType

/** onnxruntime on CPU over a graph of models/graph-contract. `run` blocks its thread: give it one of its own. */
export class OnnxEngine implements Engine {
  readonly description: EngineDescription
  readonly batchMemory: ArenaPool
  private readonly bias = new CausalBias()
  /** One object for all runs; each run sets every input anew. */
  private readonly feeds: Record<string, Tensor> = {}
  private readonly layers: { pastKey: string; pastValue: string }[]

  private constructor(
    private readonly session: InferenceSession,
    private readonly manifest: Manifest,
    threads: number,
    private readonly costs: RunCosts,
  ) {
    this.description = {
      name: `onnxruntime-node ${env.versions.node ?? 'of unknown version'}, cpu, ${threads} ${threads === 1 ? 'thread' : 'threads'}`,
      vocabularySize: manifest.vocabularySize,
      contextLength: manifest.contextLength,
    }
    this.batchMemory = new ArenaPool(manifest, costs.tokenBytes)
    this.layers = Array.from({ length: manifest.layers }, (_, layer) => ({
      pastKey: pastKeyName(layer),
      pastValue: pastValueName(layer),
    }))
  }

  /**
   * @param costs where they are known better than from the sizes of the files
   * @throws Error where the folder is none, or its graph is not what the manifest says
   */
  static async load({ folder, threads }: OnnxSettings, costs?: RunCosts): Promise<OnnxEngine> {
    const manifest = await loadManifest(folder)
    const session = await InferenceSession.create(join(folder, graphFileName), sessionOptions(threads))
    const engine = new OnnxEngine(session, manifest, threads, costs ?? runCosts(manifest))
    engine.assertInputs()
    return engine
  }

  createCache(variant: ModelVariant = 'whole'): KeyValueCache {
    if (variant === 'base' && !this.isSwitched)
      throw invalidArgument('this model has no adapter that can be switched off: it is one model, not a pair')
    return new KeyValueCache(this.manifest, variant)
  }

  async run(forward: Forward): Promise<Float32Array> {
    const { position, tokenIds, rowIndices } = forward
    const cache = cacheOf(forward)
    const outputs = await this.runGraph(singleRun(forward, cache, this.bias))
    const fresh = floats(outputs, graphOutputs.newKeysValues)
    for (let layer = 0; layer < this.layers.length; layer++) {
      const { keys, values } = newKeysValuesOf(fresh, this.layers.length, layer)
      cache.write(layer, position, keys, values)
    }
    cache.commit(position + tokenIds.length)
    return rowIndices.length > 0 ? floats(outputs, graphOutputs.logits) : new Float32Array(0)
  }

  async runBatch(forwards: readonly Forward[], memoryBytes: number): Promise<Float32Array[]> {
    if (this.batchMemory.byteLength > memoryBytes) this.batchMemory.clear()
    const items = forwards.map(({ position, tokenIds }) => ({ position, tokens: tokenIds.length }))
    const logits: Float32Array[] = new Array(forwards.length)
    for (const group of groupForwards(items, this.costs)) {
      const members = group.map((index) => forwards[index] as Forward)
      const found = await this.runGroup(members, memoryBytes)
      group.forEach((index, i) => {
        logits[index] = found[i] as Float32Array
      })
    }
    return logits
  }

  private get isSwitched(): boolean {
    return this.manifest.adapter?.switched ?? false
  }

  async close(): Promise<void> {
    await this.session.release()
  }

  /** One run of the graph for all, where the memory for it can be had. */
  private async runGroup(forwards: readonly Forward[], memoryBytes: number): Promise<Float32Array[]> {
    const seatings = forwards.map((forward) => ({
      cache: cacheOf(forward),
      position: forward.position,
      tokens: forward.tokenIds.length,
    }))
    const place = forwards.length > 1 ? this.batchMemory.seat(seatings, memoryBytes) : null
    if (place === null) return runOneByOne(this, forwards)
    const { arena, columns } = place
    const outputs = await this.runGraph(batchRun(forwards, columns, arena.width, arena, this.bias))
    forwards.forEach((forward, i) => {
      this.store(outputs, forward, arena, columns[i] as number)
    })
    return this.splitRows(outputs, forwards)
  }

  /** New keys and values [S, B, KVH, D] go to the session's cache and to its column. */
  private store(outputs: Outputs, forward: Forward, arena: BatchArena, column: number): void {
    const { position, tokenIds } = forward
    const cache = cacheOf(forward)
    const end = position + tokenIds.length
    const fresh = floats(outputs, graphOutputs.newKeysValues)
    for (let layer = 0; layer < this.layers.length; layer++) {
      const { keys, values } = newKeysValuesOf(fresh, this.layers.length, layer)
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

  /** Copies: a session that keeps its row must not keep those of the whole batch. */
  private splitRows(outputs: Outputs, forwards: readonly Forward[]): Float32Array[] {
    const size = this.manifest.vocabularySize
    let row = 0
    return forwards.map(({ rowIndices }) => {
      const start = row * size
      row += rowIndices.length
      return rowIndices.length > 0 ? floats(outputs, graphOutputs.logits).slice(start, row * size) : new Float32Array(0)
    })
  }

  private runGraph(run: GraphRun): Promise<Outputs> {
    const { slots, tokens, sessions } = run
    const { keyValueHeads, headSize } = this.manifest
    // A run without rows would be a product with an empty matrix; one row costs little beside a chunk.
    const rows = run.rowIndices.length > 0 ? run.rowIndices : [0]
    this.feeds[graphInputs.tokenIds] = int64(run.tokenIds, [tokens, sessions])
    this.feeds[graphInputs.positions] = int64(run.positions, [tokens, sessions])
    this.feeds[graphInputs.rowIndices] = int64(rows, [rows.length])
    this.feeds[graphInputs.attentionBias] = new Tensor('float32', run.bias, [sessions, 1, tokens, slots + tokens])
    const pastShape = [slots, sessions, keyValueHeads, headSize]
    this.layers.forEach(({ pastKey, pastValue }, layer) => {
      this.feeds[pastKey] = new Tensor('float32', run.past.keyPrefix(layer, slots), pastShape)
      this.feeds[pastValue] = new Tensor('float32', run.past.valuePrefix(layer, slots), pastShape)
    })
    if (this.isSwitched) this.feeds[adapterSwitchName] = new Tensor('float32', adapterSwitch(run), [tokens, sessions])
    return this.session.run(this.feeds)
  }

  private assertInputs(): void {
    const expected = new Set([...Object.values(graphInputs), ...this.layers.flatMap((l) => [l.pastKey, l.pastValue])])
    if (this.isSwitched) expected.add(adapterSwitchName)
    const found = new Set(this.session.inputNames)
    const missing = [...expected].filter((name) => !found.has(name))
    const unknown = [...found].filter((name) => !expected.has(name))
    if (missing.length + unknown.length > 0)
      throw new Error(
        `${graphFileName} is not the graph its manifest describes (inputs missing: ${missing.join(', ') || 'none'}; unknown: ${unknown.join(', ') || 'none'}). Build the folder again.`,
      )
  }
}

function cacheOf({ cache }: Forward): KeyValueCache {
  if (!(cache instanceof KeyValueCache)) throw new TypeError('the cache was made by another engine')
  return cache
}

/** A token more costs a fifth of reading the weights (int8 activations, AVX512-VNNI) to nine tenths (twice int8, AVX2). */
function runCosts(manifest: Manifest): RunCosts {
  const weightBytes = Object.entries(manifest.files).reduce(
    (sum, [name, { bytes }]) => (name.startsWith(graphFileName) ? sum + bytes : sum),
    0,
  )
  return { weightBytes, tokenBytes: weightBytes / 2, slotBytes: keyValueBytesPerToken(manifest) }
}

function sessionOptions(threads: number): InferenceSession.SessionOptions {
  return {
    executionProviders: ['cpu'],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    graphOptimizationLevel: 'all',
    // onnxruntime would keep a plan of memory for every length that a cache ever had.
    enableMemPattern: false,
    // Warnings of the optimiser are for the graph's author.
    logSeverityLevel: 3,
    // Idle pools would spin against the other service's on the same machine.
    ...(threads > 1 ? { extra: { session: { force_spinning_stop: '1' } } } : {}),
  }
}

const int64 = (values: ArrayLike<number>, dims: readonly number[]) =>
  new Tensor('int64', BigInt64Array.from(values as ArrayLike<number> & Iterable<number>, BigInt), dims)

function floats(outputs: Outputs, name: string): Float32Array {
  const data = outputs[name]?.data
  if (!(data instanceof Float32Array)) throw new Error(`the graph gave no float32 output "${name}"`)
  return data
}
