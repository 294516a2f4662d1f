import { first } from '../lists.js'
import type { LoraUpdate, SavedTensor, StoredType, WeightSource } from '../source.js'
import { dequantize } from './dequantize.js'

/** The weight of a linear layer, [rows = out, columns = in], read in parts. */
export interface Matrix {
  readonly name: string
  /** The layout of the rows that `readStored` returns. */
  readonly type: StoredType
  readonly rows: number
  readonly columns: number
  /** Reads the stored bytes of rows [start, end). */
  readStored(start: number, end: number): Promise<Uint8Array>
  /** Reads rows [start, end) as float32. */
  readFloats(start: number, end: number): Promise<Float32Array>
}

/** Size of one chunk while weights are converted. */
const chunkBytes = 4 << 20

/** Returns a stored matrix without changes. */
export function storedMatrix(source: WeightSource, name: string, type: StoredType, shape: readonly number[]): Matrix {
  const [rows = 1, columns = 1] = shape
  const readStored = (start: number, end: number) => source.readRows(name, start, end)
  return {
    name,
    type,
    rows,
    columns,
    readStored,
    readFloats: async (start, end) => dequantize(type, await readStored(start, end)),
  }
}

/** Returns a matrix that is in memory. */
export function floatMatrix(name: string, { shape, values }: SavedTensor): Matrix {
  const [rows = 1, columns = 1] = shape
  const readFloats = async (start: number, end: number) => values.slice(start * columns, end * columns)
  const readStored = async (start: number, end: number) => new Uint8Array((await readFloats(start, end)).buffer)
  return { name, type: 'F32', rows, columns, readStored, readFloats }
}

/** Returns base + b a in float32. */
export function mergedMatrix(base: Matrix, { a, b, rank }: LoraUpdate): Matrix {
  const { columns } = base
  const readFloats = async (start: number, end: number) => {
    const weights = await base.readFloats(start, end)
    for (let row = start; row < end; row++) {
      const out = weights.subarray((row - start) * columns, (row - start + 1) * columns)
      for (let k = 0; k < rank; k++) {
        addScaled(out, b[row * rank + k] ?? 0, a.subarray(k * columns, (k + 1) * columns))
      }
    }
    return weights
  }
  const readStored = async (start: number, end: number) => new Uint8Array((await readFloats(start, end)).buffer)
  return { ...base, name: `${base.name}+lora`, type: 'F32', readStored, readFloats }
}

function addScaled(out: Float32Array, factor: number, row: Float32Array): void {
  for (let i = 0; i < out.length; i++) out[i] = (out[i] ?? 0) + factor * (row[i] ?? 0)
}

/** Stacks matrices of the same type and width. */
export function stackMatrices(parts: readonly Matrix[]): Matrix {
  const top = first(parts)
  if (parts.length === 1) return top
  const read = async <T>(start: number, end: number, one: (part: Matrix, from: number, to: number) => Promise<T>) => {
    const pieces: T[] = []
    let offset = 0
    for (const part of parts) {
      const from = Math.max(start - offset, 0)
      const to = Math.min(end - offset, part.rows)
      if (from < to) pieces.push(await one(part, from, to))
      offset += part.rows
    }
    return pieces
  }
  return {
    name: parts.map((part) => part.name).join('|'),
    type: top.type,
    rows: parts.reduce((sum, part) => sum + part.rows, 0),
    columns: top.columns,
    readStored: async (start, end) =>
      concatenate(await read(start, end, (part, ...range) => part.readStored(...range))),
    readFloats: async (start, end) => {
      const pieces = await read(start, end, (part, ...range) => part.readFloats(...range))
      const bytes = concatenate(pieces.map((p) => new Uint8Array(p.buffer, p.byteOffset, p.byteLength)))
      return new Float32Array(bytes.buffer)
    },
  }
}

function concatenate(pieces: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.byteLength, 0))
  let at = 0
  for (const piece of pieces) {
    out.set(piece, at)
    at += piece.byteLength
  }
  return out
}

/** Yields row ranges of a matrix, each a few MiB of float32. */
export function* rowRanges(matrix: Pick<Matrix, 'rows' | 'columns'>): Iterable<readonly [start: number, end: number]> {
  const step = Math.max(1, Math.floor(chunkBytes / (matrix.columns * 4)))
  for (let start = 0; start < matrix.rows; start += step) yield [start, Math.min(start + step, matrix.rows)]
}
