import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { gridMatrix, roundRows } from './blocks.js'
import { blockSize, dequantize, floatsToHalves, halfToFloat, type storedBytes } from './dequantize.js'
import { mergedMatrix, rowRanges, stackMatrices, storedMatrix } from './matrix.js'

const half = (value: number) => [...new Uint8Array(floatsToHalves(Float32Array.of(value)).buffer)]

/** Returns one block whose number i is i % 16 (4 bits) or i - 16 (8 bits). */
const nibbles = Array.from({ length: 16 }, (_, j) => j | (j << 4))
const blocks: Readonly<Partial<Record<keyof typeof storedBytes, number[]>>> = {
  Q4_0: [...half(0.5), ...nibbles],
  Q4_1: [...half(0.5), ...half(-3), ...nibbles],
  Q8_0: [...half(0.25), ...Array.from({ length: 32 }, (_, i) => (i - 16) & 255)],
}

describe('dequantize', () => {
  it('reads one block of each grid', () => {
    const numbers = (type: 'Q4_0' | 'Q4_1' | 'Q8_0') => [...dequantize(type, Uint8Array.from(blocks[type] ?? []))]
    const indices = Array.from({ length: 32 }, (_, i) => i)
    expect(numbers('Q4_0')).toEqual(indices.map((i) => 0.5 * ((i % 16) - 8)))
    expect(numbers('Q4_1')).toEqual(indices.map((i) => 0.5 * (i % 16) - 3))
    expect(numbers('Q8_0')).toEqual(indices.map((i) => 0.25 * (i - 16)))
  })

  it('reads floats at any offset of their buffer', () => {
    const bytes = new Uint8Array(9)
    bytes.set(new Uint8Array(Float32Array.of(1.5, -2).buffer), 1)
    expect([...dequantize('F32', bytes.subarray(1))]).toEqual([1.5, -2])
    expect([...dequantize('BF16', Uint8Array.of(0xc0, 0x3f, 0, 0xc0))]).toEqual([1.5, -2])
    expect([...dequantize('F16', Uint8Array.of(0, 0x3e, 0, 0xc0))]).toEqual([1.5, -2])
  })

  it('converts every half to float32 and back', () => {
    for (let bits = 0; bits < 65536; bits++) {
      const value = halfToFloat(bits)
      if (!Number.isNaN(value) && floatsToHalves(Float32Array.of(value))[0] !== bits) expect.fail(`half ${bits}`)
    }
    expect(halfToFloat(1)).toBe(2 ** -24)
    expect(halfToFloat(0x7bff)).toBe(65504)
  })

  it('rounds to the nearest half, ties to even', () => {
    const rounded = (value: number) => halfToFloat(floatsToHalves(Float32Array.of(value))[0] ?? 0)
    expect(rounded(1 + 2 ** -11)).toBe(1)
    expect(rounded(1 + 3 * 2 ** -11)).toBe(1 + 2 ** -9)
    expect(rounded(65519)).toBe(65504)
    expect(rounded(65520)).toBe(Number.POSITIVE_INFINITY)
    fc.assert(
      fc.property(fc.float({ min: -60000, max: 60000, noNaN: true }), (value) => {
        const step = 2 ** (Math.max(Math.floor(Math.log2(Math.abs(value) || 1)), -14) - 10)
        expect(Math.abs(rounded(value) - value)).toBeLessThanOrEqual(step / 2)
      }),
    )
  })
})

describe('roundRows', () => {
  it.each([4, 8] as const)('has an error of at most one step, and pads the last block with zeros (%i bits)', (bits) => {
    const row = fc.array(fc.float({ min: -10, max: 10, noNaN: true }), { minLength: 1, maxLength: 70 })
    fc.assert(
      fc.property(row, (numbers) => {
        const floats = Float32Array.from(numbers)
        const { quants, scales } = roundRows(floats, floats.length, bits)
        const middle = 2 ** (bits - 1)
        const quant = (i: number) =>
          (bits === 8 ? (quants[i] ?? 0) : ((quants[i >> 1] ?? 0) >> (4 * (i & 1))) & 15) - middle
        const count = (quants.length * 8) / bits
        expect(count).toBe(Math.ceil(floats.length / blockSize) * blockSize)
        for (let i = 0; i < count; i++) {
          const scale = scales[Math.floor(i / blockSize)] ?? 0
          // 4 bits reach only +7 steps, so the error at the positive end can be a whole step.
          const allowed = Math.abs(scale) * (bits === 8 ? 0.501 : 1.001)
          expect(Math.abs(scale * quant(i) - (floats[i] ?? 0))).toBeLessThanOrEqual(allowed + 1e-30)
          if (i >= floats.length) expect(quant(i)).toBe(0)
        }
      }),
    )
  })
})

describe('matrices', () => {
  const source = (bytes: Uint8Array) => ({
    kind: 'safetensors' as const,
    tensors: new Map(),
    unreadable: new Map(),
    readRows: async (_: string, start: number, end: number) => bytes.slice(start * 8, end * 8),
    close: async () => {},
  })
  const matrix = (...values: number[]) =>
    storedMatrix(source(new Uint8Array(Float32Array.from(values).buffer)), 'm', 'F32', [values.length / 2, 2])

  it('can be stacked and read across the border', async () => {
    const stack = stackMatrices([matrix(1, 2, 3, 4), matrix(5, 6), matrix(7, 8)])
    expect(stack).toMatchObject({ rows: 4, columns: 2 })
    expect([...(await stack.readFloats(1, 4))]).toEqual([3, 4, 5, 6, 7, 8])
    expect([...dequantize('F32', await stack.readStored(0, 3))]).toEqual([1, 2, 3, 4, 5, 6])
  })

  it('can merge a low-rank update', async () => {
    const update = { rank: 1, a: Float32Array.of(1, 10), b: Float32Array.of(2, -1) }
    const merged = mergedMatrix(matrix(1, 2, 3, 4), update)
    expect([...(await merged.readFloats(0, 2))]).toEqual([3, 22, 2, -6])
    expect([...dequantize(merged.type, await merged.readStored(1, 2))]).toEqual([2, -6])
  })

  it('are split into row ranges that cover each row once', () => {
    const ranges = [...rowRanges({ rows: 5000, columns: 1024 })]
    expect(ranges[0]).toEqual([0, 1024])
    expect(ranges.at(-1)).toEqual([4096, 5000])
  })

  it('keep every number of a grid', async () => {
    const bytes = Uint8Array.from(blocks.Q4_1 ?? [])
    const stored = storedMatrix({ ...source(bytes), readRows: async () => bytes }, 'm', 'Q4_1', [1, 32])
    const { quants, scales, offsets } = await gridMatrix(stored, 'Q4_1').readBlocks(0, 1)
    const numbers = Array.from({ length: 32 }, (_, i) => {
      const q = ((quants[i >> 1] ?? 0) >> (4 * (i & 1))) & 15
      return (scales[0] ?? 0) * (q - 8) + (offsets[0] ?? 0)
    })
    expect(numbers).toEqual([...dequantize('Q4_1', bytes)])
  })
})
