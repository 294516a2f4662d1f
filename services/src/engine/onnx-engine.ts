import { join } from 'node:path'
import {
  graphFileName,
  graphInputs,
  graphOutputs,
  loadManifest,
  type Manifest,
  newKeysValuesOf,
  pastKeyName,
  pastValueName,
} from '@tandem/models'
import { env, InferenceSession, Tensor } from 'onnxruntime-node'
import { CausalBias } from './causal-bias.js'
import type { Engine, EngineDescription, Forward } from './engine.js'
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
  private readonly bias = new CausalBias()
  /** One object for all runs; each run sets every input anew. */
  private readonly feeds: Record<string, Tensor> = {}
  private readonly layers: { pastKey: string; pastValue: string }[]

  private constructor(
    private readonly session: InferenceSession,
    private readonly manifest: Manifest,
    threads: number,
  ) {
    this.description = {
      name: `onnxruntime-node ${env.versions.node ?? 'of unknown version'}, cpu, ${threads} ${threads === 1 ? 'thread' : 'threads'}`,
      vocabularySize: manifest.vocabularySize,
      contextLength: manifest.contextLength,
    }
    this.layers = Array.from({ length: manifest.layers }, (_, layer) => ({
      pastKey: pastKeyName(layer),
      pastValue: pastValueName(layer),
    }))
  }

  /** @throws Error where the folder is none, or its graph is not what the manifest says */
  static async load({ folder, threads }: OnnxSettings): Promise<OnnxEngine> {
    const manifest = await loadManifest(folder)
    const session = await InferenceSession.create(join(folder, graphFileName), sessionOptions(threads))
    const engine = new OnnxEngine(session, manifest, threads)
    engine.assertInputs()
    return engine
  }

  createCache(): KeyValueCache {
    return new KeyValueCache(this.manifest)
  }

  async run({ cache, position, tokenIds, rowIndices }: Forward): Promise<Float32Array> {
    if (!(cache instanceof KeyValueCache)) throw new TypeError('the cache was made by another engine')
    // A run without rows would be a product with an empty matrix; one row costs little beside a chunk.
    const rows = rowIndices.length > 0 ? rowIndices : [0]
    this.feed(cache, position, tokenIds, rows)
    const outputs = await this.session.run(this.feeds)
    const fresh = floats(outputs, graphOutputs.newKeysValues)
    for (let layer = 0; layer < this.layers.length; layer++) {
      const { keys, values } = newKeysValuesOf(fresh, this.layers.length, layer)
      cache.write(layer, position, keys, values)
    }
    cache.commit(position + tokenIds.length)
    return rowIndices.length > 0 ? floats(outputs, graphOutputs.logits) : new Float32Array(0)
  }

  async close(): Promise<void> {
    await this.session.release()
  }

  private feed(cache: KeyValueCache, position: number, tokenIds: Uint32Array, rows: readonly number[]): void {
    const { keyValueHeads, headSize } = this.manifest
    const count = tokenIds.length
    this.feeds[graphInputs.tokenIds] = int64(tokenIds, [count, 1])
    this.feeds[graphInputs.positions] = int64(
      tokenIds.map((_, i) => position + i),
      [count, 1],
    )
    this.feeds[graphInputs.rowIndices] = int64(rows, [rows.length])
    const bias = this.bias.of(position, count)
    this.feeds[graphInputs.attentionBias] = new Tensor('float32', bias, [1, 1, count, position + count])
    const pastShape = [position, 1, keyValueHeads, headSize]
    this.layers.forEach(({ pastKey, pastValue }, layer) => {
      this.feeds[pastKey] = new Tensor('float32', cache.keyPrefix(layer, position), pastShape)
      this.feeds[pastValue] = new Tensor('float32', cache.valuePrefix(layer, position), pastShape)
    })
  }

  private assertInputs(): void {
    const expected = new Set([...Object.values(graphInputs), ...this.layers.flatMap((l) => [l.pastKey, l.pastValue])])
    const found = new Set(this.session.inputNames)
    const missing = [...expected].filter((name) => !found.has(name))
    const unknown = [...found].filter((name) => !expected.has(name))
    if (missing.length + unknown.length > 0)
      throw new Error(
        `${graphFileName} is not the graph its manifest describes (inputs missing: ${missing.join(', ') || 'none'}; unknown: ${unknown.join(', ') || 'none'}). Build the folder again.`,
      )
  }
}

function sessionOptions(threads: number): InferenceSession.SessionOptions {
  return {
    executionProviders: ['cpu'],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    graphOptimizationLevel: 'all',
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
