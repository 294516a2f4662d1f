import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { StoredType, WeightSource } from '../../source.js'
import { assertSameLayer } from './base-layer.js'

const name = 'lm_head.weight'

function sourceOf(type: StoredType, bytes: Uint8Array): WeightSource {
  return {
    kind: 'gguf',
    unreadable: new Map(),
    tensors: new Map([[name, { type, shape: [1, 32] }]]),
    readRows: async () => bytes,
    close: async () => {},
  }
}

/** Rounds to Q4_0 as llama.cpp does: the number of the largest magnitude becomes -8 steps. */
function roundQ4(values: readonly number[]): Uint8Array {
  const largest = values.reduce((most, value) => (Math.abs(value) > Math.abs(most) ? value : most), 0)
  const scale = largest / -8
  const steps = values.map((value) => Math.min(15, Math.trunc(value / scale + 8.5)))
  const bytes = new Uint8Array(18)
  // Powers of two are exact as halves, so only the exponent is written.
  new DataView(bytes.buffer).setUint16(0, ((Math.log2(Math.abs(scale)) + 15) << 10) | (scale < 0 ? 0x8000 : 0), true)
  for (let i = 0; i < 16; i++) bytes[2 + i] = (steps[i] ?? 0) | ((steps[i + 16] ?? 0) << 4)
  return bytes
}

const numbers = fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 31, maxLength: 31 })
const compare = (values: readonly number[], base: readonly number[]) => {
  const copy = sourceOf('F32', new Uint8Array(Float32Array.from(values).buffer))
  return assertSameLayer(copy, name, sourceOf('Q4_0', roundQ4(base)), 'lm_head', 'adapter')
}

it('accepts a layer that differs from the base only by the rounding of its blocks', async () => {
  await fc.assert(
    fc.asyncProperty(numbers, fc.constantFrom(1, -1), async (rest, largest) => {
      const values = [largest, ...rest]
      await expect(compare(values, values)).resolves.toBeUndefined()
    }),
  )
})

it('refuses another layer of the same shape', async () => {
  const values = [1, ...new Array<number>(31).fill(0.5)]
  await expect(compare(values.with(3, -0.5), values)).rejects.toThrow(
    "which differs from the base's [1,32]; it cannot be applied",
  )
})
