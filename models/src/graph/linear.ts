import { first, zip } from '../lists.js'
import type { Value } from '../onnx/graph-builder.js'
import type { LoraUpdate } from '../read/source.js'
import { type Matrix, stackMatrices } from '../weights/matrix.js'
import { multiplyBlocks } from './block-product.js'
import type { Decoder } from './decoder.js'
import { LinearInput } from './linear-input.js'
import { float16Initializer, float32Initializer, type StoredMatrix, storeMatrix } from './storage.js'

/** One linear layer: y = x W^T + bias, W [rows, columns of x] under `${name}.weight`. */
export interface LinearSpec {
  readonly name: string
  readonly rows: number
  readonly bias: boolean
}

/** A linear layer's output so far. */
export interface LinearOutput {
  readonly name: string
  readonly rows: number
  /** float32 [N, rows] */
  readonly y: Value
}

/** A single linear layer over x [N, columns]. */
export function linear(decoder: Decoder, x: Value, columns: number, spec: LinearSpec): Value {
  return first(linears(decoder, x, columns, [spec]))
}

/** Linear layers over the same x [N, columns]: neighbours stored alike become one product. Adapters are added beside. */
export function linears(decoder: Decoder, x: Value, columns: number, specs: readonly LinearSpec[]): Value[] {
  const input = new LinearInput(decoder.graph, x, columns)
  const layers = specs.map((spec) => ({
    ...spec,
    matrix: decoder.weights.matrix(`${spec.name}.weight`, spec.rows, columns),
  }))
  const outputs = groupAlike(layers).flatMap((group) => {
    const stacked = storeMatrix(stackMatrices(group.map(({ matrix }) => matrix)), 'layer', decoder.precision)
    const rows = group.map((layer) => layer.rows)
    return decoder.graph.split(multiply(decoder, input, stacked), rows, 1)
  })
  const biased = zip(specs, outputs).map(([spec, y]) => ({ ...spec, y: addBias(decoder, y, spec) }))
  return addUpdates(decoder, x, columns, biased)
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

/** x W^T: float32 [N, rows] */
export function multiply(decoder: Decoder, input: LinearInput, stored: StoredMatrix): Value {
  if (stored.form === 'blocks') return multiplyBlocks(decoder, input, stored.blocks)
  return matrixProduct(decoder, input.value, floatMatrix(decoder, stored.form, stored.matrix))
}

/** A stored float matrix as a float32 value; a half is widened when the model is loaded. */
export function floatMatrix({ graph }: Decoder, form: 'float32' | 'float16', matrix: Matrix): Value {
  if (form === 'float32') return graph.initializer(matrix.name, float32Initializer(matrix))
  return graph.cast(graph.initializer(matrix.name, float16Initializer(matrix)), 'float32')
}

/** x m^T: x [N, K], m [M, K] */
export const matrixProduct = ({ graph }: Decoder, x: Value, m: Value): Value =>
  graph.node('Gemm', [x, m], { attributes: { transB: 1 } })

function addBias({ graph, weights }: Decoder, y: Value, { name, rows, bias }: LinearSpec): Value {
  if (!bias) return y
  return graph.node('Add', [y, graph.initializer(`${name}.bias`, weights.vector(`${name}.bias`, rows))])
}

/** y + (x A^T) B^T for each output that an adapter changes; the A of all are one product. */
export function addUpdates(decoder: Decoder, x: Value, columns: number, outputs: readonly LinearOutput[]): Value[] {
  const { graph, weights } = decoder
  const updates = outputs.flatMap(({ name, rows }) => {
    const update = weights.updateBeside(`${name}.weight`, rows, columns)
    return update === null ? [] : [{ name, update }]
  })
  if (updates.length === 0) return outputs.map(({ y }) => y)
  const ranks = updates.map(({ update }) => update.rank)
  const rankSum = ranks.reduce((sum, rank) => sum + rank, 0)
  const joined = updates.map(({ name }) => name).join('|')
  const a = graph.floats(`${joined}.lora_a`, [rankSum, columns], joinRows(updates.map(({ update }) => update)))
  const reduced = zip(updates, graph.split(matrixProduct(decoder, x, a), ranks, 1))
  const increments = new Map(
    reduced.map(([{ name, update }, part]) => {
      const b = graph.floats(`${name}.lora_b`, [update.b.length / update.rank, update.rank], update.b)
      return [name, matrixProduct(decoder, part, b)]
    }),
  )
  return outputs.map(({ name, y }) => {
    const increment = increments.get(name)
    return increment === undefined ? y : graph.node('Add', [y, increment])
  })
}

function joinRows(updates: readonly LoraUpdate[]): Float32Array {
  const out = new Float32Array(updates.reduce((sum, { a }) => sum + a.length, 0))
  let at = 0
  for (const { a } of updates) {
    out.set(a, at)
    at += a.length
  }
  return out
}
