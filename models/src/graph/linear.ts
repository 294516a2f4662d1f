import { first } from '../lists.js'
import type { Initializer, Value } from '../onnx/graph-builder.js'
import { type Matrix, stackMatrices } from '../weights/matrix.js'
import { multiplyBlocks } from './block-product.js'
import { correct } from './correction.js'
import type { Decoder } from './decoder.js'
import { LinearInput } from './linear-input.js'
import { float16Initializer, float32Initializer, type StoredMatrix, storeMatrix } from './storage.js'

/**
 * Linear layers y = x W^T + x A^T B^T + bias. Each term has its own file:
 * - `linear.ts` (this file) stacks layers with the same x into one matrix, adds the terms up and
 *   adds the bias. It computes x W^T for float weights.
 * - `linear-input.ts` prepares x for block matrices: padding, block sums, and the residual of the
 *   int8 rounding.
 * - `block-product.ts` computes x W^T for block weights, but without their offsets;
 *   `mat-mul-n-bits.ts` is its operator.
 * - `correction.ts` adds the offsets of block weights and the adapter term x A^T B^T, both in one
 *   thin product.
 * - `storage.ts` decides how W is stored at each precision.
 * No file here knows architectures or files.
 */

/** One linear layer: y = x W^T + bias. W [rows, columns of x] is the tensor `${name}.weight`. */
export interface LinearSpec {
  readonly name: string
  readonly rows: number
  readonly bias: boolean
}

/** Builds one linear layer over x [N, columns]. */
export function linear(decoder: Decoder, x: Value, columns: number, spec: LinearSpec): Value {
  return first(linears(decoder, x, columns, [spec]))
}

/**
 * Builds linear layers over the same x [N, columns]. Adjacent layers with the same storage become
 * one product. Adapters are added separately.
 */
export function linears(decoder: Decoder, x: Value, columns: number, specs: readonly LinearSpec[]): Value[] {
  const input = new LinearInput(decoder.graph, x, columns)
  const layers = specs.map((spec) => ({
    ...spec,
    matrix: decoder.weights.matrix(`${spec.name}.weight`, spec.rows, columns),
  }))
  return groupAlike(layers).flatMap((group) => {
    const stacked = storeMatrix(stackMatrices(group.map(({ matrix }) => matrix)), 'layer', decoder.precision)
    const rows = group.map((layer) => layer.rows)
    const y = addBias(decoder, applyMatrix(decoder, input, stacked, group), group)
    return decoder.graph.split(y, rows, 1)
  })
}

/**
 * Computes x W^T with adapters for one stored matrix, which stacks the weights of `parts`: [N,
 * rows].
 */
export function applyMatrix(
  decoder: Decoder,
  input: LinearInput,
  stored: StoredMatrix,
  parts: readonly Pick<LinearSpec, 'name' | 'rows'>[],
): Value {
  let start = 0
  const updated = parts.map(({ name, rows }) => {
    const part = { name, start, rows, update: decoder.weights.separateUpdate(`${name}.weight`, rows, input.columns) }
    start += rows
    return part
  })
  return correct(decoder, input, multiply(decoder, input, stored), stored, updated)
}

function groupAlike<T extends { matrix: Matrix }>(layers: readonly T[]): T[][] {
  const groups: T[][] = []
  for (const layer of layers) {
    const last = groups.at(-1)
    if (last?.[0]?.matrix.type === layer.matrix.type) last.push(layer)
    else groups.push([layer])
  }
  return groups
}

/** Computes x W^T without offsets and adapters: float32 [N, rows]. */
function multiply(decoder: Decoder, input: LinearInput, stored: StoredMatrix): Value {
  if (stored.form === 'blocks') return multiplyBlocks(decoder, input, stored.blocks)
  return matrixProduct(decoder, input.value, floatMatrix(decoder, stored.form, stored.matrix))
}

/**
 * Returns a stored float matrix as a float32 value. float16 is converted when the model is loaded.
 */
function floatMatrix({ graph }: Decoder, form: 'float32' | 'float16', matrix: Matrix): Value {
  if (form === 'float32') return graph.initializer(matrix.name, float32Initializer(matrix))
  return graph.cast(graph.initializer(matrix.name, float16Initializer(matrix)), 'float32')
}

/** Computes x m^T of x [N, K] and m [M, K]. */
const matrixProduct = ({ graph }: Decoder, x: Value, m: Value): Value =>
  graph.node('Gemm', [x, m], { attributes: { transB: 1 } })

function addBias({ graph, weights }: Decoder, y: Value, group: readonly LinearSpec[]): Value {
  if (group.every(({ bias }) => !bias)) return y
  const parts = group.map(({ name, rows }) => weights.vector(`${name}.bias`, rows))
  const stacked: Initializer = {
    type: 'float32',
    shape: [group.reduce((sum, { rows }) => sum + rows, 0)],
    async *chunks() {
      for (const part of parts) yield* part.chunks()
    },
  }
  return graph.node('Add', [y, graph.initializer(`${group.map(({ name }) => name).join('|')}.bias`, stacked)])
}
