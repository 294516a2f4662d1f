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
import { disableTelemetry } from '@tandem/services'
import { InferenceSession, Tensor } from 'onnxruntime-node'

const masked = -1e9

/**
 * One sequence on the graph of a model folder, with onnxruntime directly: a simple form of a logit
 * service.
 */
export class GraphSession {
  /** Keys and values by the name of their input, float32 [T, 1, KVH, D]. */
  private cache = new Map<string, Float32Array>()
  private length = 0
  /** Time of the last forward in milliseconds, without the work of this class. */
  lastRunMs = 0

  private constructor(
    private readonly session: InferenceSession,
    readonly manifest: Manifest,
  ) {}

  static async open(folder: string, threads = 1): Promise<GraphSession> {
    disableTelemetry()
    const session = await InferenceSession.create(join(folder, graphFileName), {
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      // The idle thread pools of several sessions in one process would compete for the cores.
      extra: { session: { force_spinning_stop: '1' } },
    })
    return new GraphSession(session, await loadManifest(folder))
  }

  get position(): number {
    return this.length
  }

  /** Truncates the sequence to `position` tokens. */
  truncate(position: number): void {
    const width = this.manifest.keyValueHeads * this.manifest.headSize
    for (const [name, rows] of this.cache) this.cache.set(name, rows.slice(0, position * width))
    this.length = position
  }

  /**
   * Appends tokens and reads rows.
   * @param rows indices of the appended tokens to read after; default: the last
   * @returns float32 [rows, V]
   */
  async append(ids: readonly number[], rows: readonly number[] = [ids.length - 1]): Promise<Float32Array> {
    const feeds = this.feeds(ids, rows)
    const start = performance.now()
    const outputs = await this.session.run(feeds)
    this.lastRunMs = performance.now() - start
    const fresh = floatsOf(outputs[graphOutputs.newKeysValues], graphOutputs.newKeysValues)
    for (let layer = 0; layer < this.manifest.layers; layer++) {
      const { keys, values } = newKeysValuesOf(fresh, this.manifest.layers, layer)
      this.grow(pastKeyName(layer), keys)
      this.grow(pastValueName(layer), values)
    }
    this.length += ids.length
    return floatsOf(outputs[graphOutputs.logits], graphOutputs.logits)
  }

  close(): Promise<void> {
    return this.session.release()
  }

  private feeds(ids: readonly number[], rows: readonly number[]): Record<string, Tensor> {
    const { keyValueHeads, headSize, layers } = this.manifest
    const positions = ids.map((_, i) => this.length + i)
    const feeds: Record<string, Tensor> = {
      [graphInputs.tokenIds]: int64(ids, [ids.length, 1]),
      [graphInputs.positions]: int64(positions, [ids.length, 1]),
      [graphInputs.attentionBias]: causalBias(this.length, ids.length),
      [graphInputs.rowIndices]: int64(rows, [rows.length]),
    }
    for (let layer = 0; layer < layers; layer++)
      for (const name of [pastKeyName(layer), pastValueName(layer)])
        feeds[name] = new Tensor('float32', this.cache.get(name) ?? new Float32Array(0), [
          this.length,
          1,
          keyValueHeads,
          headSize,
        ])
    return feeds
  }

  private grow(name: string, after: Float32Array): void {
    const before = this.cache.get(name) ?? new Float32Array(0)
    const joined = new Float32Array(before.length + after.length)
    joined.set(before)
    joined.set(after, before.length)
    this.cache.set(name, joined)
  }
}

function int64(values: readonly number[], shape: readonly number[]): Tensor {
  return new Tensor('int64', BigInt64Array.from(values, BigInt), shape)
}

/** Returns the causal mask, float32 [1, 1, S, T + S]. */
function causalBias(past: number, added: number): Tensor {
  const bias = new Float32Array(added * (past + added))
  for (let i = 0; i < added; i++) bias.fill(masked, i * (past + added) + past + i + 1, (i + 1) * (past + added))
  return new Tensor('float32', bias, [1, 1, added, past + added])
}

function floatsOf(tensor: Tensor | undefined, name: string): Float32Array {
  if (!(tensor?.data instanceof Float32Array)) throw new Error(`the graph has no float32 output ${name}`)
  return tensor.data
}
