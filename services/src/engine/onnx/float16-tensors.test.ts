import './float16-tensors.js'
import { Tensor } from 'onnxruntime-node'
import { expect, test } from 'vitest'

test('float16 tensors keep their bits in Uint16Array, and Float16Array stays where the language has it', () => {
  const bits = Uint16Array.of(0x3c00, 0xc000)
  expect(new Tensor('float16', bits, [2]).data).toEqual(bits)
  const hasFloat16Array = Number.parseInt(process.versions.v8, 10) >= 13
  expect('Float16Array' in globalThis).toBe(hasFloat16Array)
})
