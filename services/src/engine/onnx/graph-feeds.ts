import {
  adapterSwitchName,
  graphFileName,
  graphInputs,
  type Manifest,
  pastKeyName,
  pastValueName,
} from '@tandem/models/folder'
import { Tensor } from 'onnxruntime-node'
import { adapterSwitch, type GraphRun } from './graph-run.js'

/** Keys and values of one layer's past, float32 [T, B, KVH, D] each. */
export interface LayerPast {
  readonly key: Tensor
  readonly value: Tensor
}

/** Builds the inputs of a model's graph, by name. */
export class GraphFeeds {
  /** One object for all runs; each run sets all inputs. */
  private readonly feeds: Record<string, Tensor> = {}
  private readonly layers: { pastKey: string; pastValue: string }[]
  private readonly isSwitched: boolean

  constructor(manifest: Manifest) {
    this.isSwitched = manifest.adapter?.switched ?? false
    this.layers = Array.from({ length: manifest.layers }, (_, layer) => ({
      pastKey: pastKeyName(layer),
      pastValue: pastValueName(layer),
    }))
  }

  /** @returns an object that the next call overwrites */
  build(run: GraphRun, pastOf: (layer: number) => LayerPast): Record<string, Tensor> {
    const { slots, tokens, sessions } = run
    // A run without rows would multiply an empty matrix; one row costs little compared to a chunk.
    const rows = run.rowIndices.length > 0 ? run.rowIndices : [0]
    this.feeds[graphInputs.tokenIds] = int64(run.tokenIds, [tokens, sessions])
    this.feeds[graphInputs.positions] = int64(run.positions, [tokens, sessions])
    this.feeds[graphInputs.rowIndices] = int64(rows, [rows.length])
    this.feeds[graphInputs.attentionBias] = new Tensor('float32', run.bias, [sessions, 1, tokens, slots + tokens])
    this.layers.forEach(({ pastKey, pastValue }, layer) => {
      const { key, value } = pastOf(layer)
      this.feeds[pastKey] = key
      this.feeds[pastValue] = value
    })
    if (this.isSwitched) this.feeds[adapterSwitchName] = new Tensor('float32', adapterSwitch(run), [tokens, sessions])
    return this.feeds
  }

  /** @throws Error if the graph's inputs differ from these */
  assertInputs(inputNames: readonly string[]): void {
    const expected = new Set([...Object.values(graphInputs), ...this.layers.flatMap((l) => [l.pastKey, l.pastValue])])
    if (this.isSwitched) expected.add(adapterSwitchName)
    const found = new Set(inputNames)
    const missing = [...expected].filter((name) => !found.has(name))
    const unknown = [...found].filter((name) => !expected.has(name))
    if (missing.length + unknown.length > 0)
      throw new Error(
        `${graphFileName} is not the graph that its manifest describes (missing inputs: ${missing.join(', ') || 'none'}; unknown inputs: ${unknown.join(', ') || 'none'}). Build the folder again.`,
      )
  }
}

/** Creates an int64 tensor from numbers. */
export const int64 = (values: ArrayLike<number>, dims: readonly number[]) =>
  new Tensor('int64', BigInt64Array.from(values as ArrayLike<number> & Iterable<number>, BigInt), dims)
