import type { StoredType, TensorInfo, WeightSource } from '../source.js'
import { blockSize, storedBytes } from '../weights/dequantize.js'
import type { BinaryFile } from './binary-file.js'

/** The place of a tensor. */
export interface StoredTensor extends TensorInfo {
  readonly file: BinaryFile
  /** Offset of its first byte in the file. */
  readonly offset: number
}

/** Returns the bytes of a tensor, or null if its last axis is not a whole number of blocks. */
export function tensorBytes({ type, shape }: TensorInfo): number | null {
  const count = shape.reduce((product, size) => product * size, 1)
  const perBlock = isBlockType(type) ? blockSize : 1
  return (shape.at(-1) ?? 1) % perBlock === 0 ? (count / perBlock) * storedBytes[type] : null
}

const isBlockType = (type: StoredType) => type.startsWith('Q')

/** Returns a source of tensors in open files. */
export function createWeightSource(
  kind: WeightSource['kind'],
  files: readonly BinaryFile[],
  tensors: ReadonlyMap<string, StoredTensor>,
  unreadable: ReadonlyMap<string, string> = new Map(),
): WeightSource {
  return {
    kind,
    tensors,
    unreadable,
    async readRows(name, start, end) {
      const tensor = tensors.get(name)
      if (tensor === undefined) throw new Error(`${files[0]?.path} has no tensor ${name}`)
      const rowBytes = (tensorBytes(tensor) ?? 0) / rowCount(tensor)
      return await tensor.file.read(tensor.offset + start * rowBytes, (end - start) * rowBytes)
    },
    async close() {
      await Promise.all(files.map((file) => file.close()))
    },
  }
}

/** Returns the rows along the first axis. A vector counts as one row. */
export const rowCount = ({ shape }: TensorInfo): number => (shape.length > 1 ? (shape[0] ?? 1) : 1)

/** Opens all files or none: if one fails, it closes the others. */
export async function openTogether<T>(
  paths: readonly string[],
  openOne: (path: string) => Promise<T>,
  close: (opened: T) => Promise<void>,
): Promise<T[]> {
  const results = await Promise.allSettled(paths.map(openOne))
  const opened = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
  const failed = results.find((result) => result.status === 'rejected')
  if (failed === undefined) return opened
  await Promise.all(opened.map(close))
  throw failed.reason
}
