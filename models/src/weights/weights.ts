import type { Initializer } from '../onnx/graph-builder.js'
import type { Adapter, LoraUpdate, TensorInfo, WeightSource } from '../source.js'
import { dequantize } from './dequantize.js'
import { floatMatrix, type Matrix, mergedMatrix, storedMatrix } from './matrix.js'
import { missingTensor } from './missing-tensor.js'

/**
 * The tensors of a checkpoint and its adapter, each checked against the shape that the graph needs.
 */
export class Weights {
  private readonly usedUpdates = new Set<string>()

  constructor(
    readonly source: WeightSource,
    readonly adapter: Adapter | null,
    /**
     * Whether to merge the adapter into the weights. Otherwise the graph computes it separately at
     * run time.
     */
    readonly merge: boolean,
  ) {}

  /**
   * Returns the weight of a linear layer, with the adapter merged in if `merge` is set.
   * @param updatedAs the name of the layer in the adapter, if it differs (a tied output layer)
   */
  matrix(name: string, rows: number, columns: number, updatedAs = name): Matrix {
    const { type, shape } = this.info(name, [rows, columns])
    const saved = this.adapter?.saved.get(name)
    if (saved !== undefined) return floatMatrix(name, saved)
    const stored = storedMatrix(this.source, name, type, shape)
    const update = this.merge ? this.update(updatedAs, rows, columns) : null
    return update === null ? stored : mergedMatrix(stored, update)
  }

  /** Returns the weight of a norm or a bias: float32 [size]. */
  vector(name: string, size: number): Initializer {
    const { type } = this.info(name, [size])
    const read = () => this.source.readRows(name, 0, 1)
    return {
      type: 'float32',
      shape: [size],
      async *chunks() {
        yield new Uint8Array(dequantize(type, await read()).buffer)
      },
    }
  }

  /**
   * Returns the low-rank update that the graph must compute for a linear layer, or null without
   * one.
   */
  separateUpdate(name: string, rows: number, columns: number): LoraUpdate | null {
    return this.merge ? null : this.update(name, rows, columns)
  }

  hasUpdate(name: string): boolean {
    return this.adapter?.updates.has(name) ?? false
  }

  /**
   * Checks that every update was used.
   * @throws Error with the updates that no linear layer of the graph uses
   */
  assertAllUpdatesUsed(): void {
    const unused = [...(this.adapter?.updates.keys() ?? [])].filter((name) => !this.usedUpdates.has(name))
    if (unused.length > 0)
      throw new Error(
        `adapter ${this.adapter?.name} changes ${unused.length} tensors that this model has no linear layers for: ` +
          unused.slice(0, 3).join(', '),
      )
  }

  private update(name: string, rows: number, columns: number): LoraUpdate | null {
    const update = this.adapter?.updates.get(name)
    if (update === undefined) return null
    if (update.a.length !== update.rank * columns || update.b.length !== rows * update.rank)
      throw new Error(
        `adapter ${this.adapter?.name}: the update of ${name} does not fit its shape [${rows}, ${columns}]; is it the adapter of another model?`,
      )
    this.usedUpdates.add(name)
    return update
  }

  private info(name: string, shape: readonly number[]): TensorInfo {
    const saved = this.adapter?.saved.get(name)
    const info = saved === undefined ? this.source.tensors.get(name) : { type: 'F32' as const, shape: saved.shape }
    if (info === undefined) throw missingTensor(this.source, name)
    if (info.shape.join() !== shape.join())
      throw new Error(
        `tensor ${name} has shape [${info.shape}]: expected [${shape}], as config.json says. ` +
          'Check that both files are from the same checkpoint',
      )
    return info
  }
}
