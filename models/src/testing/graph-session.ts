import { InferenceSession, Tensor } from 'onnxruntime-node'
import type { ModelConfig } from '../config.js'
import { graphInputs, graphOutputs, newKeysValuesOf, pastKeyName, pastValueName } from '../graph-contract.js'

type Shape = Pick<ModelConfig, 'layers' | 'keyValueHeads' | 'headSize' | 'vocabularySize'>

const notAllowed = -1e9

/** Loads a graph as a logit service does. */
export async function loadGraph(path: string, threads = 1): Promise<InferenceSession> {
  return InferenceSession.create(path, {
    intraOpNumThreads: threads,
    graphOptimizationLevel: 'all',
    ...(threads > 1 ? { extra: { session: { force_spinning_stop: '1' } } } : {}),
  })
}

/**
 * Sequences of equal length that a graph runs as a batch. Each run appends S tokens to all. Copies
 * the cache in each run.
 */
export class GraphSession {
  private length = 0
  private past = new Map<string, Float32Array>()
  /** Outputs of the last run. */
  outputs: InferenceSession.OnnxValueMapType = {}

  constructor(
    private readonly session: InferenceSession,
    private readonly shape: Shape,
    private readonly batch = 1,
  ) {}

  /**
   * Appends tokens [batch][S] and returns all logits [batch][S], each float32 [V].
   */
  async append(tokens: readonly (readonly number[])[]): Promise<Float32Array[][]> {
    const steps = tokens[0]?.length ?? 0
    this.outputs = await this.session.run(this.feeds(tokens, steps))
    const fresh = this.outputs[graphOutputs.newKeysValues]?.data as Float32Array
    for (let layer = 0; layer < this.shape.layers; layer++) {
      const { keys, values } = newKeysValuesOf(fresh, this.shape.layers, layer)
      this.extend(pastKeyName(layer), keys)
      this.extend(pastValueName(layer), values)
    }
    this.length += steps
    const logits = this.outputs[graphOutputs.logits]?.data as Float32Array
    const row = (b: number, s: number) => {
      const at = (s * this.batch + b) * this.shape.vocabularySize
      return logits.slice(at, at + this.shape.vocabularySize)
    }
    return tokens.map((_, b) => Array.from({ length: steps }, (_, s) => row(b, s)))
  }

  private feeds(tokens: readonly (readonly number[])[], steps: number): Record<string, Tensor> {
    const { batch } = this
    const length = this.length
    const { layers, keyValueHeads, headSize } = this.shape
    const ids = Array.from({ length: steps * batch }, (_, i) => BigInt(tokens[i % batch]?.[Math.floor(i / batch)] ?? 0))
    const positions = ids.map((_, i) => BigInt(length + Math.floor(i / batch)))
    const int64 = (data: bigint[], dims: number[]) => new Tensor('int64', BigInt64Array.from(data), dims)
    const feeds: Record<string, Tensor> = {
      [graphInputs.tokenIds]: int64(ids, [steps, batch]),
      [graphInputs.positions]: int64(positions, [steps, batch]),
      [graphInputs.rowIndices]: int64(
        ids.map((_, i) => BigInt(i)),
        [ids.length],
      ),
      [graphInputs.attentionBias]: this.bias(steps),
    }
    for (let layer = 0; layer < layers; layer++)
      for (const name of [pastKeyName(layer), pastValueName(layer)])
        feeds[name] = new Tensor('float32', this.past.get(name) ?? new Float32Array(0), [
          length,
          batch,
          keyValueHeads,
          headSize,
        ])
    return feeds
  }

  private bias(steps: number): Tensor {
    const width = this.length + steps
    const data = new Float32Array(this.batch * steps * width)
    for (let b = 0; b < this.batch; b++)
      for (let s = 0; s < steps; s++) {
        const row = (b * steps + s) * width
        data.fill(notAllowed, row + this.length + s + 1, row + width)
      }
    return new Tensor('float32', data, [this.batch, 1, steps, width])
  }

  private extend(name: string, added: Float32Array): void {
    const old = this.past.get(name) ?? new Float32Array(0)
    const joined = new Float32Array(old.length + added.length)
    joined.set(old)
    joined.set(added, old.length)
    this.past.set(name, joined)
  }
}

/** Computes log softmax in float64. */
export function logSoftmax(logits: Float32Array): Float64Array {
  const max = logits.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY)
  let sum = 0
  for (const logit of logits) sum += Math.exp(logit - max)
  const logSum = max + Math.log(sum)
  return Float64Array.from(logits, (logit) => logit - logSum)
}

/**
 * Returns the largest difference of log-probabilities between two lists of rows, or NaN if a value
 * is NaN.
 */
export function largestLogDifference(left: readonly Float32Array[], right: readonly Float32Array[]): number {
  let worst = left.length === right.length ? 0 : Number.NaN
  left.forEach((row, i) => {
    const a = logSoftmax(row)
    const b = logSoftmax(right[i] ?? new Float32Array(0))
    a.forEach((value, v) => {
      worst = Math.max(worst, Math.abs(value - (b[v] ?? Number.NaN)))
    })
  })
  return worst
}
