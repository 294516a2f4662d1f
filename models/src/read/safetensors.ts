import { readFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { z } from 'zod'
import { type BinaryFile, openBinaryFile } from './binary-file.js'
import type { StoredType, WeightSource } from './source.js'
import { createWeightSource, openTogether, type StoredTensor, tensorBytes } from './tensor-table.js'

/** As in the reference reader: a longer header is damage or an attack. */
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

const indexSchema = z.looseObject({ weight_map: z.record(z.string(), z.string()) })

/**
 * Reads the headers of safetensors files (https://huggingface.co/docs/safetensors): their tensors as one source.
 * @throws Error naming the file and tensor where a header is damaged, a file is short or a weight's type is not F32, F16 or BF16.
 */
export async function openSafetensors(paths: readonly string[]): Promise<WeightSource> {
  const files = await openTogether(paths, openBinaryFile, (file) => file.close())
  try {
    const tables = await Promise.all(files.map(readTable))
    return createWeightSource('safetensors', files, new Map(tables.flatMap((table) => [...table])))
  } catch (error) {
    await Promise.all(files.map((file) => file.close()))
    throw error
  }
}

/**
 * The files that an index (model.safetensors.index.json) names, beside it.
 * @throws Error where it is no index or points elsewhere.
 */
export async function readShardPaths(indexPath: string): Promise<string[]> {
  const result = indexSchema.safeParse(JSON.parse(await readFile(indexPath, 'utf8')))
  if (!result.success) throw new Error(`${indexPath} is no index of shards. ${z.prettifyError(result.error)}`)
  const names = [...new Set(Object.values(result.data.weight_map))].sort()
  const outside = names.find((name) => name !== basename(name) || name === '..')
  if (outside !== undefined)
    throw new Error(`${indexPath} names the file "${outside}"; shards must lie beside the index`)
  return names.map((name) => join(dirname(indexPath), name))
}

async function readTable(file: BinaryFile): Promise<Map<string, StoredTensor>> {
  const { header, dataStart } = await readHeader(file)
  const table = new Map<string, StoredTensor>()
  for (const [name, { dtype, shape, data_offsets: offsets }] of Object.entries(header)) {
    const type = readableTypes.find((known) => known === dtype)
    if (type === undefined) {
      refuseUnreadable(file, name, dtype)
      continue
    }
    const [start, end] = offsets
    const expected = tensorBytes({ type, shape })
    if (end - start !== expected)
      throw new Error(
        `${file.path}: tensor ${name} has ${end - start} bytes, ${expected} expected for ${dtype} [${shape}]`,
      )
    if (dataStart + end > file.bytes)
      throw new Error(
        `${file.path} has ${file.bytes} bytes, tensor ${name} ends at ${dataStart + end}; is it wholly downloaded?`,
      )
    table.set(name, { type, shape, file, offset: dataStart + start })
  }
  return table
}

async function readHeader(file: BinaryFile) {
  const length = file.bytes < 8 ? 0n : new DataView((await file.read(0, 8)).buffer).getBigUint64(0, true)
  if (length < 2n || length > BigInt(Math.min(maxHeaderBytes, file.bytes - 8)))
    throw new Error(
      `${file.path} is no safetensors file: its header claims ${length} bytes, the file has ${file.bytes}; is it wholly downloaded (no pointer of Git LFS)?`,
    )
  const text = new TextDecoder().decode(await file.read(8, Number(length)))
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch (cause) {
    throw new Error(`${file.path} is no safetensors file: its header is not JSON`, { cause })
  }
  const { __metadata__: _, ...tensors } = z.record(z.string(), z.unknown()).parse(parsed)
  const result = headerSchema.safeParse(tensors)
  if (!result.success) throw new Error(`${file.path}: the header is damaged. ${z.prettifyError(result.error)}`)
  return { header: result.data, dataStart: 8 + Number(length) }
}

/** Buffers of other types (masks, counters) are nothing to us; a weight would be missed later under a less telling name. */
function refuseUnreadable(file: BinaryFile, name: string, dtype: string): void {
  if (/\.(weight|bias)$/.test(name))
    throw new Error(`${file.path}: tensor ${name} is stored as ${dtype}; readable are ${readableTypes.join(', ')}`)
}
