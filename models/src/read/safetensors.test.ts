import { stat, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, expect, it } from 'vitest'
import { Weights } from '../weights/weights.js'
import { openModelSource } from './open.js'
import { openSafetensors } from './safetensors.js'
import { encodeHeader, encodeSafetensors, floats } from './testing/safetensors-file.js'
import { createFolders } from './testing/temporary-folder.js'

const createFolder = createFolders(afterAll)

async function writeBytes(bytes: Uint8Array): Promise<string> {
  const path = join(await createFolder(), 'model.safetensors')
  await writeFile(path, bytes)
  return path
}
const refusal = async (bytes: Uint8Array) => {
  const path = await writeBytes(bytes)
  const error = await openSafetensors([path]).then(() => null, String)
  return error?.replaceAll(path, 'FILE') ?? null
}
const one = (entry: object) => encodeHeader(JSON.stringify({ 'a.weight': entry }), new Uint8Array(16))

it('reads any range of rows of any tensor, byte for byte', async () => {
  const shapes = fc.record({ rows: fc.integer({ min: 1, max: 9 }), columns: fc.integer({ min: 1, max: 5 }) })
  const dtypes = fc.constantFrom(['F32', 4] as const, ['F16', 2] as const, ['BF16', 2] as const)
  const tensor = fc.tuple(shapes, dtypes).chain(([{ rows, columns }, [dtype, width]]) => {
    const length = rows * columns * width
    return fc
      .uint8Array({ minLength: length, maxLength: length })
      .map((bytes) => ({ dtype, shape: [rows, columns], bytes }))
  })
  await fc.assert(
    fc.asyncProperty(fc.array(tensor, { minLength: 1, maxLength: 4 }), fc.nat(), fc.nat(), async (list, a, b) => {
      const path = await writeBytes(encodeSafetensors(Object.fromEntries(list.map((t, i) => [`t${i}`, t]))))
      const weights = await openSafetensors([path])
      for (const [i, { shape, dtype, bytes }] of list.entries()) {
        const [rows = 0] = shape
        const rowBytes = bytes.length / rows
        const [start = 0, end = 0] = [a % (rows + 1), b % (rows + 1)].sort((x, y) => x - y)
        expect(weights.tensors.get(`t${i}`)).toMatchObject({ type: dtype, shape })
        expect(await weights.readRows(`t${i}`, start, end)).toEqual(bytes.slice(start * rowBytes, end * rowBytes))
      }
      await weights.close()
    }),
    { numRuns: 40 },
  )
})

it('reads a vector as one row', async () => {
  const weights = await openSafetensors([await writeBytes(encodeSafetensors({ norm: floats([1, 2, 3]) }))])
  expect(new Float32Array((await weights.readRows('norm', 0, 1)).slice().buffer)).toEqual(Float32Array.of(1, 2, 3))
  await weights.close()
})

it('reads shards as one source', async () => {
  const folder = await createFolder()
  const write = (name: string, tensors: Parameters<typeof encodeSafetensors>[0]) =>
    writeFile(join(folder, name), encodeSafetensors(tensors))
  const index = join(folder, 'model.safetensors.index.json')
  const writeIndex = (map: object) => writeFile(index, JSON.stringify({ metadata: {}, weight_map: map }))
  await writeFile(join(folder, 'config.json'), '{}')
  await write('m-1.safetensors', { 'a.weight': floats([1]) })
  await write('m-2.safetensors', { 'b.weight': floats([2]), 'c.weight': floats([3]) })
  const map = { 'a.weight': 'm-1.safetensors', 'b.weight': 'm-2.safetensors', 'c.weight': 'm-2.safetensors' }
  await writeIndex(map)
  const { weights, files } = await openModelSource(folder)
  expect([...weights.tensors.keys()].sort()).toEqual(Object.keys(map))
  expect(await weights.readRows('c.weight', 0, 1)).toEqual(floats([3]).bytes)
  expect(files.slice(1)).toEqual([join(folder, 'm-1.safetensors'), join(folder, 'm-2.safetensors')])
  await weights.close()

  await writeIndex({ ...map, 'd.weight': 'm-1.safetensors' })
  await expect(openModelSource(folder)).rejects.toThrow(`${index} names the tensor d.weight in m-1.safetensors`)
  await writeIndex({ ...map, 'd.weight': 'm-3.safetensors' })
  await expect(openModelSource(folder)).rejects.toThrow(`${index} names the file m-3.safetensors, which is missing`)
  await writeIndex({ a: '../m-1.safetensors' })
  await expect(openModelSource(folder)).rejects.toThrow('names the file "../m-1.safetensors": expected a file in')
  await writeIndex({ a: 1 })
  await expect(openModelSource(folder)).rejects.toThrow(
    `${index} is not an index of shards: weight_map.a is 1: expected a string. Download the file again`,
  )
  await writeFile(index, '{"weight_map"')
  await expect(openModelSource(folder)).rejects.toThrow(`${index} is not JSON`)
  await writeIndex(map)
  await write('m-1.safetensors', { 'a.weight': floats([1]), 'b.weight': floats([9]) })
  await expect(openModelSource(folder)).rejects.toThrow('both have the tensor b.weight')
})

it('refuses a damaged file and names the file and the tensor', async () => {
  expect(await refusal(new Uint8Array(3))).toContain('FILE is not a safetensors file: its header claims 0 bytes')
  const pointer = Buffer.from('version https://git-lfs.github.com/spec/v1\n')
  expect(await refusal(pointer)).toContain('is the download complete, or is this a pointer of Git LFS?')
  expect(await refusal(encodeHeader('{"a": '))).toContain('Error: FILE: the header is not JSON')
  expect(await refusal(one({ dtype: 'F32', shape: [2, 2] }))).toBe(
    'Error: FILE: the header is damaged: a.weight.data_offsets is missing: expected a list of 2. Download the file again',
  )
  expect(await refusal(one({ dtype: 'F32', shape: [3, 2], data_offsets: [0, 16] }))).toBe(
    'Error: FILE: tensor a.weight has 16 bytes: expected 24 for F32 [3,2]',
  )
  expect(await refusal(one({ dtype: 'F32', shape: [3], data_offsets: [4, 16] }))).toContain(
    'FILE: tensor a.weight is at [4, 16), and the tensor before it ends at 0',
  )
  expect(await refusal(one({ dtype: 'F32', shape: [5], data_offsets: [0, 20] }))).toBe(
    'Error: FILE has 16 bytes of tensors: expected 20; is the download complete?',
  )
})

it('ignores tensors of other types until they are read', async () => {
  const header = {
    'model.layers.0.self_attn.bias': { dtype: 'BOOL', shape: [4], data_offsets: [0, 4] },
    'a.weight': { dtype: 'F8_E4M3', shape: [4], data_offsets: [4, 8] },
    'b.weight': { dtype: 'F32', shape: [2], data_offsets: [8, 16] },
  }
  const path = await writeBytes(encodeHeader(JSON.stringify(header), new Uint8Array(16)))
  const source = await openSafetensors([path])
  const weights = new Weights(source, null, false)
  expect([...source.tensors.keys()]).toEqual(['b.weight'])
  expect(weights.vector('b.weight', 2).shape).toEqual([2])
  expect(() => weights.vector('a.weight', 4)).toThrow(
    `${path}: tensor a.weight is stored as F8_E4M3: expected one of F32, F16, BF16`,
  )
  await source.close()
})

it('names a missing tensor when it is read', async () => {
  const path = await writeBytes(encodeSafetensors({ 'a.weight': floats([1, 2, 3, 4], [2, 2]) }))
  const weights = await openSafetensors([path])
  await expect(weights.readRows('b.weight', 0, 1)).rejects.toThrow(`${path} has no tensor b.weight`)
  await truncate(path, (await stat(path)).size - 1)
  await expect(weights.readRows('a.weight', 0, 2)).rejects.toThrow(`${path} ends after`)
  await weights.close()
})
