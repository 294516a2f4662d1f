import { readFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { z } from 'zod'
import { parseFile } from '../parse-file.js'
import type { StoredType, WeightSource } from '../source.js'
import { type BinaryFile, openBinaryFile } from './binary-file.js'
import { parseJsonObject } from './json-file.js'
import { createWeightSource, openTogether, type StoredTensor, tensorBytes } from './tensor-table.js'

/** Maximum size of a header, as in the reference reader. A longer header is damage or an attack. */
const maxHeaderBytes = 100_000_000

const readableTypes = ['F32', 'F16', 'BF16'] as const satisfies readonly StoredType[]

const headerSchema = z.record(
  z.string(),
  z.looseObject({
    dtype: z.string(),
    shape: z.array(z.int().nonnegative()),
    data_offsets: z.tuple([z.int().nonnegative(), z.int().nonnegative()]),
  }),
)

const downloadAdvice = 'Download the file again'

const indexSchema = z.looseObject({ weight_map: z.record(z.string(), z.string()) })

/**
 * Opens safetensors files (https://huggingface.co/docs/safetensors) as one source. Reads only their
 * headers.
 * @throws Error with the file and the tensor if a header is damaged or a file is too short
 */
export async function openSafetensors(paths: readonly string[]): Promise<WeightSource> {
  const files = await openTogether(paths, openBinaryFile, (file) => file.close())
  try {
    const tables = await Promise.all(files.map(readTable))
    const unreadable = new Map(tables.flatMap((table) => [...table.unreadable]))
    return createWeightSource('safetensors', files, joinTables(tables.map(({ tensors }) => tensors)), unreadable)
  } catch (error) {
    await Promise.all(files.map((file) => file.close()))
    throw error
  }
}

/** An index of shards, which tells the file of each tensor. */
export interface ShardIndex {
  readonly path: string
  /** Absolute paths without duplicates. */
  readonly files: readonly string[]
  /** Absolute path of the file by tensor name. */
  readonly places: ReadonlyMap<string, string>
}

/**
 * Reads an index (model.safetensors.index.json). Its files are in the same folder.
 * @throws Error if it is not an index or names files in other folders
 */
export async function readShardIndex(path: string): Promise<ShardIndex> {
  const index = parseJsonObject(await readFile(path), path)
  const what = `${path} is not an index of shards`
  const { weight_map: map } = parseFile(indexSchema, index, { what, advice: downloadAdvice })
  const names = [...new Set(Object.values(map))].sort()
  if (names.length === 0) throw new Error(`${path} names no file: expected the shards of a checkpoint`)
  const outside = names.find((name) => name !== basename(name) || name === '..')
  if (outside !== undefined)
    throw new Error(`${path} names the file "${outside}": expected a file in the folder of the index`)
  const places = Object.entries(map).map(([tensor, name]) => [tensor, join(dirname(path), name)] as const)
  return { path, files: names.map((name) => join(dirname(path), name)), places: new Map(places) }
}

/** Checks that the files hold every weight of the index. @throws Error with a missing weight */
export function assertIndexed({ path, places }: ShardIndex, weights: WeightSource): void {
  for (const [name, file] of places)
    if (isParameter(name) && !weights.tensors.has(name) && !weights.unreadable.has(name))
      throw new Error(
        `${path} names the tensor ${name} in ${basename(file)}, which does not have it; is the file from another checkpoint?`,
      )
}

function joinTables(tables: readonly ReadonlyMap<string, StoredTensor>[]): Map<string, StoredTensor> {
  const joined = new Map<string, StoredTensor>()
  for (const [name, tensor] of tables.flatMap((table) => [...table])) {
    const other = joined.get(name)
    if (other !== undefined)
      throw new Error(
        `${tensor.file.path} and ${other.file.path} both have the tensor ${name}: expected it in one file`,
      )
    joined.set(name, tensor)
  }
  return joined
}

interface Table {
  readonly tensors: ReadonlyMap<string, StoredTensor>
  readonly unreadable: ReadonlyMap<string, string>
}

async function readTable(file: BinaryFile): Promise<Table> {
  const { header, dataStart } = await readHeader(file)
  assertWhole(file, header, file.bytes - dataStart)
  const tensors = new Map<string, StoredTensor>()
  const unreadable = new Map<string, string>()
  for (const [name, { dtype, shape, data_offsets: offsets }] of Object.entries(header)) {
    const type = readableTypes.find((known) => known === dtype)
    if (type === undefined) {
      const readable = readableTypes.join(', ')
      unreadable.set(name, `${file.path}: tensor ${name} is stored as ${dtype}: expected one of ${readable}`)
      continue
    }
    const [start, end] = offsets
    const expected = tensorBytes({ type, shape })
    if (end - start !== expected)
      throw new Error(
        `${file.path}: tensor ${name} has ${end - start} bytes: expected ${expected} for ${dtype} [${shape}]`,
      )
    tensors.set(name, { type, shape, file, offset: dataStart + start })
  }
  return { tensors, unreadable }
}

/** Checks that the tensors fill the data without gaps, as in the reference reader. */
function assertWhole(file: BinaryFile, header: z.infer<typeof headerSchema>, dataBytes: number): void {
  let filled = 0
  for (const [name, { data_offsets: offsets }] of Object.entries(header).sort(byOffsets)) {
    const [start, end] = offsets
    if (start !== filled || end < start)
      throw new Error(
        `${file.path}: tensor ${name} is at [${start}, ${end}), and the tensor before it ends at ${filled}; ` +
          'is the file damaged?',
      )
    filled = end
  }
  if (filled !== dataBytes)
    throw new Error(`${file.path} has ${dataBytes} bytes of tensors: expected ${filled}; is the download complete?`)
}

type HeaderEntry = [string, z.infer<typeof headerSchema>[string]]
const byOffsets = ([, a]: HeaderEntry, [, b]: HeaderEntry) =>
  a.data_offsets[0] - b.data_offsets[0] || a.data_offsets[1] - b.data_offsets[1]

async function readHeader(file: BinaryFile) {
  const length = file.bytes < 8 ? 0n : new DataView((await file.read(0, 8)).buffer).getBigUint64(0, true)
  if (length < 2n || length > BigInt(Math.min(maxHeaderBytes, file.bytes - 8)))
    throw new Error(
      `${file.path} is not a safetensors file: its header claims ${length} bytes, the file has ${file.bytes}; ` +
        'is the download complete, or is this a pointer of Git LFS?',
    )
  const parsed = parseJsonObject(await file.read(8, Number(length)), `${file.path}: the header`)
  const { __metadata__: _, ...tensors } = parsed
  const what = `${file.path}: the header is damaged`
  const header = parseFile(headerSchema, tensors, { what, advice: downloadAdvice })
  return { header, dataStart: 8 + Number(length) }
}

const isParameter = (name: string) => /\.(weight|bias)$/.test(name)
