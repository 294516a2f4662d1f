import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * One input of a golden folder: token ids and the logits of transformers, float32 [V] for each id.
 */
export interface ReferenceInput {
  readonly ids: readonly number[]
  readonly logits: readonly Float32Array[]
}

/** The folder of the golden folders in this repository. */
export const tinyFolder = new URL('../../../test/fixtures/tiny/', import.meta.url).pathname

/**
 * Reads all of reference.safetensors of a golden folder: the length of the header, the header in
 * JSON, the tensors.
 */
export async function readReference(folder: string): Promise<ReferenceInput[]> {
  const file = await readFile(join(tinyFolder, folder, 'reference.safetensors'))
  const headerEnd = 8 + Number(file.readBigUInt64LE(0))
  const header: Record<string, { shape: number[]; data_offsets: [number, number] }> = JSON.parse(
    file.toString('utf8', 8, headerEnd),
  )
  const tensor = (name: string) => {
    const { shape = [], data_offsets: [start, end] = [0, 0] } = header[name] ?? {}
    return { shape, buffer: Uint8Array.from(file.subarray(headerEnd + start, headerEnd + end)).buffer }
  }
  const count = Object.keys(header).filter((name) => name.startsWith('ids.')).length
  return Array.from({ length: count }, (_, i) => {
    const { buffer, shape } = tensor(`logits.${i}`)
    const [rows = 0, width = 0] = shape
    const all = new Float32Array(buffer)
    return {
      ids: Array.from(new BigInt64Array(tensor(`ids.${i}`).buffer), Number),
      logits: Array.from({ length: rows }, (_, row) => all.subarray(row * width, (row + 1) * width)),
    }
  })
}
