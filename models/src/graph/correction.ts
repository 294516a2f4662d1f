import { first } from '../lists.js'
import { bytesOf, type Initializer, type Value } from '../onnx/graph-builder.js'
import type { LoraUpdate } from '../source.js'
import { blocksPerRow } from '../weights/blocks.js'
import { rowRanges } from '../weights/matrix.js'
import type { Decoder } from './decoder.js'
import type { LinearInput } from './linear-input.js'
import type { StoredMatrix } from './storage.js'

/** Rows [start, start + rows) of a product, with their adapter update, or null without one. */
export interface UpdatedRows {
  readonly name: string
  readonly start: number
  readonly rows: number
  readonly update: LoraUpdate | null
}

/**
 * Adds the offsets of block weights and the adapter updates to y [N, rows] in one thin product y +
 * z U^T. z [N, n] holds the sums of x over each block (for weights with offsets) and x A^T of every
 * adapter. U [rows, n] holds the offsets and the matrices B.
 */
export function correct(
  decoder: Decoder,
  input: LinearInput,
  y: Value,
  stored: StoredMatrix,
  parts: readonly UpdatedRows[],
): Value {
  const { graph } = decoder
  const offsets = stored.form === 'blocks' && stored.blocks.hasOffsets ? stored.blocks : null
  const updated = parts.flatMap(({ update, ...part }) => (update === null ? [] : [{ ...part, update }]))
  const name = parts.map((part) => part.name).join('|')
  const inputs: Value[] = []
  if (offsets !== null) inputs.push(input.blockSums)
  if (updated.length > 0) inputs.push(reduce(decoder, input, name, updated))
  if (inputs.length === 0) return y

  const rows = parts.reduce((sum, part) => sum + part.rows, 0)
  const offsetColumns = offsets === null ? 0 : blocksPerRow(offsets.columns)
  const columns = offsetColumns + updated.reduce((sum, { update }) => sum + update.rank, 0)
  const z = inputs.length === 1 ? first(inputs) : graph.node('Concat', inputs, { attributes: { axis: 1 } })
  const u: Initializer = {
    type: 'float32',
    shape: [rows, columns],
    async *chunks() {
      for (const [start, end] of rowRanges({ rows, columns })) {
        const chunk = new Float32Array((end - start) * columns)
        if (offsets !== null) place(chunk, columns, 0, (await offsets.readBlocks(start, end)).offsets, offsetColumns)
        let column = offsetColumns
        for (const part of updated) {
          placeUpdate(chunk, columns, column, start, end, part)
          column += part.update.rank
        }
        yield bytesOf(chunk)
      }
    },
  }
  return graph.node('Gemm', [z, graph.initializer(`${name}.correction`, u), y], { attributes: { transB: 1 } })
}

/**
 * Computes x A^T of all updates: float32 [N, sum of ranks], 0 for tokens with the adapter switched
 * off.
 */
function reduce(
  { graph, adapterSwitch }: Decoder,
  input: LinearInput,
  name: string,
  updated: readonly { update: LoraUpdate }[],
): Value {
  const a = joinFloats(updated.map(({ update }) => update.a))
  const stored = graph.floats(`${name}.lora_a`, [a.length / input.columns, input.columns], a)
  const reduced = graph.node('Gemm', [input.value, stored], { attributes: { transB: 1 } })
  return adapterSwitch === null ? reduced : graph.node('Mul', [reduced, adapterSwitch])
}

/**
 * Copies the rows of `source`, which are `width` wide, into a wider row-major matrix, starting at a
 * column.
 */
function place(target: Float32Array, columns: number, column: number, source: Float32Array, width: number): void {
  for (let row = 0; row * width < source.length; row++)
    target.set(source.subarray(row * width, (row + 1) * width), row * columns + column)
}

/** Copies the rows [start, end) of an update's B into the matrix of those rows. */
function placeUpdate(
  target: Float32Array,
  columns: number,
  column: number,
  start: number,
  end: number,
  part: Omit<UpdatedRows, 'update'> & { update: LoraUpdate },
): void {
  const { rank, b } = part.update
  const from = Math.max(start, part.start)
  const to = Math.min(end, part.start + part.rows)
  if (from >= to) return
  const rows = target.subarray((from - start) * columns)
  place(rows, columns, column, b.subarray((from - part.start) * rank, (to - part.start) * rank), rank)
}

function joinFloats(lists: readonly Float32Array[]): Float32Array {
  const out = new Float32Array(lists.reduce((sum, list) => sum + list.length, 0))
  let at = 0
  for (const list of lists) {
    out.set(list, at)
    at += list.length
  }
  return out
}
